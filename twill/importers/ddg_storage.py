"""Where the results of a dump live: buffers derived from the allocations of the function.

A dump has no buffers. A tile that a load brings is in shared memory; a multiply or a store into
tensor memory writes the allocation that it names; everything else is in registers. Several
writers of one allocation take over each other's storage, in program order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from twill.importers.ddg_model import DdgNode
from twill.importers.ddg_values import (
    ALLOCATIONS,
    MEMORY_VIEWS,
    MULTIPLIES,
    REGISTER_VIEWS,
    TENSOR_LOAD,
    TENSOR_STORE,
    TILE_LOADS,
    Values,
)
from twill.importers.graph import SHARED, WARP, WORD, Constant, Edge, Node, Tile
from twill.importers.types import TypeName
from twill.problem import REGISTER, InPlace

MEMORY_KINDS = (
    *ALLOCATIONS,
    *MEMORY_VIEWS,
    *MULTIPLIES,
    TENSOR_LOAD,
    TENSOR_STORE,
    *TILE_LOADS,
    "ttg.local_load",
)
"""Operations on memory whose effect is understood."""


class Storage:
    """Results, views and storage taken over, for the nodes of one loop."""

    def __init__(self, values: Values, names: dict[int, str]) -> None:
        self.values = values
        self.names = names

    def unknown_memory(self, node: DdgNode) -> bool:
        """Whether a node works on a memory in a way that is not understood."""
        op = self.values.op(node.id)
        types = [TypeName(text) for text in op.result_types]
        touched = any(t.memory for t in types) or bool(self.values.touches(node.id))
        writes_nowhere = op.kind in (*MULTIPLIES, TENSOR_STORE) and self.result(node) is None
        return writes_nowhere or (touched and op.kind not in MEMORY_KINDS)

    def view(self, node: DdgNode) -> bool:
        """Whether a node is another name for its source, tiles that a load brings included."""
        if node.op_kind in (*MEMORY_VIEWS, *REGISTER_VIEWS):
            return True
        if node.op_kind not in ALLOCATIONS:
            return False
        source = self._source(node)
        return source is not None and source.op_kind in TILE_LOADS

    def result(self, node: DdgNode) -> Tile | None:
        """Where the result lives and how big it is."""
        op = self.values.op(node.id)
        if op.kind in (*MULTIPLIES, TENSOR_STORE):
            written = self.values.written_storage(node.id)
            return self._allocated(written) if written else None
        if op.kind in ALLOCATIONS and not op.operands:
            return None
        for text in op.result_types:
            if TypeName(text).token:
                continue
            return self._typed(node, TypeName(text))
        return None

    def _typed(self, node: DdgNode, type_name: TypeName) -> Tile | None:
        if type_name.scalar:
            return Tile(REGISTER, node.min_warps * WARP * WORD)
        tile = type_name.tile
        if tile is not None and node.op_kind in TILE_LOADS:
            return Tile(SHARED, tile.bytes)
        return tile

    def _allocated(self, name: str) -> Tile | None:
        types = self.values.ops[name].result_types
        return TypeName(types[0]).tile if types else None

    def _source(self, node: DdgNode) -> DdgNode | None:
        """The node whose result is the first operand."""
        operands = self.values.op(node.id).operands
        owner = self.values.owner.get(operands[0].op or "") if operands else None
        return self.values.nodes[owner] if owner is not None else None

    def takeovers(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> dict[str, Node]:
        """The nodes that take over storage: views that of their source, writers one another's."""
        known = {node.name: node for node in nodes}
        listed = list(edges)
        changed: dict[str, Node] = {}
        for number, name in self.names.items():
            node = self.values.nodes[number]
            source = self._source(node)
            tile = known[name].result
            in_memory = tile is not None and not tile.in_registers
            if self.view(node) and in_memory and source is not None:
                place = InPlace(self.names[source.id])
                changed[name] = replace(known[name], in_place=place)
        for writers in self._writers().values():
            for name, place in _chain(self.values, writers, self.names, listed):
                changed[name] = replace(known[name], in_place=place)
        return changed

    def _writers(self) -> dict[str, list[int]]:
        """The nodes that write each allocation, in program order."""
        found: dict[str, list[int]] = {}
        for number, node in self.values.nodes.items():
            if node.op_kind in ALLOCATIONS and self.values.op(number).operands:
                if not self.view(node):
                    found.setdefault(node.op_ref, []).append(number)
            elif (written := self.values.written_storage(number)) is not None:
                found.setdefault(written, []).append(number)
        return found

    def constants(self) -> tuple[Constant, ...]:
        """The tiles in memory that are computed before the loop and only read in it."""
        written = set(self._writers())
        read: dict[str, None] = {}
        for number in self.values.nodes:
            for name, touch in self.values.touches(number).items():
                if touch.reads and name not in written and name not in self.values.owner:
                    read[name] = None
        found = [(name, self._allocated(name)) for name in read]
        return tuple(
            Constant(f"{self.values.ops[name].kind.rsplit('.', 1)[-1]}.{name}", tile)
            for name, tile in found
            if tile is not None
        )


def _chain(
    values: Values, writers: list[int], names: dict[int, str], edges: list[Edge]
) -> Iterator[tuple[str, InPlace]]:
    """What each writer of one allocation takes over.

    The first writer of an iteration takes over what the last one left, where anything reads
    that in the next iteration; else every iteration begins with a new value.
    """
    for before, writer in pairwise(writers):
        yield names[writer], InPlace(names[before])
    first, last = writers[0], names[writers[-1]]
    carried = [e.distance for e in edges if e.src == last and e.distance and e.kind == "flow"]
    accumulates = any(t.reads and t.writes for t in values.touches(first).values())
    if carried or (accumulates and len(writers) == 1):
        yield names[first], InPlace(last, min(carried, default=1))
