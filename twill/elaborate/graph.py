"""The sliced loop: one node per sub-tile of every operation, and per inserted move."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

from twill.elaborate.settings import Settings
from twill.loop import Loop, Operation

Index = tuple[tuple[str, int, int], ...]
"""Slices of dimensions: (dimension, which, of how many)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What a node reads: a node's value of ``distance`` iterations ago, at a port."""

    port: str
    node: str
    distance: int


@dataclass(slots=True)
class Node:
    """One tile operation of the problem under construction.

    ``value`` is the name of the loop's value that it computes (a part of). ``space`` is
    where the result lives; None for none. ``place`` is the storage that it takes over.
    """

    name: str
    op: Operation
    kind: str
    value: str
    index: Index
    extents: dict[str, int]
    reads: list[Edge] = field(default_factory=list)
    inputs: list[tuple[str, str]] = field(default_factory=list)
    space: str | None = None
    place: tuple[str, int] | None = None
    source_space: str | None = None

    def elements(self, shape: tuple[str, ...]) -> int:
        """Elements of a tile of this node with some of its dimensions."""
        count = 1
        for dimension in shape:
            count *= self.extents[dimension]
        return count


def label(index: Index) -> str:
    """``[m0,n2]``, or nothing for a whole tile."""
    parts = [f"{dimension.lower()}{which}" for dimension, which, count in index if count > 1]
    return f"[{','.join(parts)}]" if parts else ""


def overlapping(one: Index, other: Index) -> bool:
    """Whether two slices share elements; a dimension that one does not have does not matter."""
    where = {dimension: (which, count) for dimension, which, count in one}
    for dimension, which, count in other:
        mine, of = where.get(dimension, (0, 1))
        if not (mine * count < (which + 1) * of and which * of < (mine + 1) * count):
            return False
    return True


class Graph:
    """All nodes of the loop, in program order."""

    def __init__(self, loop: Loop, settings: Settings) -> None:
        self.loop, self.settings = loop, settings
        self.nodes: dict[str, Node] = {}
        self.values: dict[str, list[Node]] = {}
        for op in loop.operations:
            self._slice(op)
        for op in loop.operations:
            for node in [n for n in self.nodes.values() if n.op is op]:
                self._connect(node)

    def slices(self, op: Operation, dimensions: tuple[str, ...]) -> list[Index]:
        """Every combination of slices of some dimensions of an operation."""
        ranges = [range(self.settings.factor(op, d)) for d in dimensions]
        return [
            tuple((d, i, len(r)) for d, i, r in zip(dimensions, chosen, ranges, strict=True))
            for chosen in product(*ranges)
        ]

    def _slice(self, op: Operation) -> None:
        """The last slice along the reduced dimensions holds the value."""
        result = self.settings.shapes.get(op.name, ())
        everything = self.settings.dimensions(op)
        self.values[op.name] = []
        for kept in self.slices(op, result):
            chain = self.slices(op, everything[len(result) :])
            for rest in chain:
                index = (*kept, *rest)
                name = f"{op.name}{label(index)}"
                extents = {d: self.settings.parameters[d] // count for d, _, count in index}
                self.nodes[name] = Node(name, op, op.kind, op.name, index, extents)
            self.values[op.name].append(self.nodes[f"{op.name}{label((*kept, *chain[-1]))}"])

    def kept(self, node: Node) -> Index:
        """The slice of the value that a node holds: its index along the value's dimensions."""
        shape = self.settings.shapes.get(node.value, ())
        return tuple(part for part in node.index if part[0] in shape)

    def _connect(self, node: Node) -> None:
        earlier = self._previous(node)
        for operand in node.op.operands:
            reference = operand.reference
            if operand.port == "accumulate" and earlier is not None:
                continue
            if reference.name in self.loop.input:
                node.inputs.append((operand.port, reference.name))
                continue
            for source in self.values[reference.name]:
                if overlapping(node.index, self.kept(source)):
                    node.reads.append(Edge(operand.port, source.name, reference.distance))
        if earlier is not None:
            node.reads.append(Edge("accumulate", earlier.name, 0))
            node.place = (earlier.name, 0)
        elif node.op.in_place is not None:
            self._take_over(node)

    def _previous(self, node: Node) -> Node | None:
        """The slice before this one along the reduced dimensions: it is accumulated on."""
        shape = self.settings.shapes.get(node.value, ())
        chain = self.slices(node.op, tuple(p[0] for p in node.index if p[0] not in shape))
        rest = tuple(p for p in node.index if p[0] not in shape)
        position = chain.index(rest)
        if position == 0:
            return None
        before = (*self.kept(node), *chain[position - 1])
        return self.nodes[f"{node.op.name}{label(before)}"]

    def _take_over(self, node: Node) -> None:
        reference = node.op.in_place
        assert reference is not None
        if reference.name in self.loop.input:
            return
        sources = [s for s in self.values[reference.name] if overlapping(node.index, self.kept(s))]
        if sources:
            node.place = (sources[0].name, reference.distance)
