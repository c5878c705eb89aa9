"""Where the results of a curated graph live, and what its edges hand over.

The format states sizes but not whose storage an operation writes, nor whether an edge carries
a value or only an order. Both follow from the kinds of the operations; where they do not, the
graph is refused rather than guessed at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from twill.importers.checks import node_name
from twill.importers.curated_model import CuratedDdg, CuratedEdge, CuratedNode
from twill.importers.ddg_values import (
    ALLOCATIONS,
    MEMORY_VIEWS,
    MULTIPLIES,
    REGISTER_VIEWS,
    TENSOR_LOAD,
    TENSOR_STORE,
    TILE_LOADS,
)
from twill.importers.graph import SHARED, TENSOR, WORD, Node, Tile
from twill.problem import REGISTER, DependenceKind, InPlace

COLUMN_BYTES = 512
"""Bytes of a column of tensor memory: 128 lanes of 4 bytes."""


class CuratedStorage:
    """Results, views and storage taken over, for one graph."""

    def __init__(self, ddg: CuratedDdg) -> None:
        self.nodes = {node.id: node for node in ddg.nodes}
        self.names = {node.id: node_name(node) for node in ddg.nodes}
        self.edges = ddg.edges
        order = {node.id: position for position, node in enumerate(ddg.nodes)}
        into: dict[int, set[int]] = defaultdict(set)
        for edge in ddg.edges:
            if not edge.distance:
                into[edge.dst].add(edge.src)
        self.sources = {n: sorted(into[n], key=order.__getitem__) for n in self.nodes}

    def view(self, node: CuratedNode) -> bool:
        """Whether a node is another name for its source, tiles that a load brings included."""
        if node.op_kind in (*MEMORY_VIEWS, *REGISTER_VIEWS):
            return True
        if node.op_kind not in ALLOCATIONS or node.smem_footprint or node.tmem_footprint:
            return False
        return [self.nodes[s].op_kind in TILE_LOADS for s in self.sources[node.id]] == [True]

    def result(self, node: CuratedNode) -> Tile | None:
        """What the footprints say; a multiply without one accumulates, a view has its source's."""
        at: CuratedNode | None = node
        while at is not None and (tile := _stated(at)) is None:
            source = self.accumulated(at)
            if source is None and self.view(at) and self.sources[at.id]:
                source = self.sources[at.id][0]
            at = None if source is None else self.nodes[source]
        return tile if at is not None else None

    def accumulated(self, node: CuratedNode) -> int | None:
        """The node whose storage a multiply without a footprint of its own accumulates in."""
        found = self._accumulators(node)
        return found[0] if len(found) == 1 else None

    def _accumulators(self, node: CuratedNode) -> list[int]:
        if node.op_kind not in MULTIPLIES or node.tmem_footprint:
            return []
        writers = (TENSOR_STORE, *MULTIPLIES)
        return [s for s in self.sources[node.id] if self.nodes[s].op_kind in writers]

    def unclear(self) -> Iterator[tuple[int, str]]:
        """Nodes of which it cannot be said where their result lives, and why."""
        for number, node in self.nodes.items():
            if node.op_kind in MULTIPLIES and not node.tmem_footprint:
                found = self._accumulators(node)
                if len(found) != 1:
                    count = f"{len(found)} stores or multiplies" if found else "no store"
                    yield number, f"has no tmem_footprint, and {count} before it to accumulate on"
            elif self.view(node) and self.result(node) is None and self.sources[number]:
                yield number, "is a view of something that has no result"

    def kind(self, edge: CuratedEdge) -> DependenceKind:
        """A value read; of tensor memory that is loaded and then overwritten, only the order."""
        source, reader = self.nodes[edge.src], self.nodes[edge.dst]
        if source.op_kind != TENSOR_LOAD:
            return "flow"
        if reader.op_kind in MULTIPLIES:
            return "anti"
        if reader.op_kind == TENSOR_STORE and self._stored(edge.dst) not in (None, edge.src):
            return "anti"
        return "flow"

    def _stored(self, number: int) -> int | None:
        """Which of several sources in registers a store writes: the one that follows the others."""
        held = [s for s in self.sources[number] if self.nodes[s].regs]
        return held[-1] if len(held) > 1 else None

    def takeovers(self, nodes: Iterable[Node]) -> dict[str, Node]:
        """The nodes that take over storage: accumulating multiplies, what they add to, views."""
        known = {node.name: node for node in nodes}
        changed: dict[str, Node] = {}

        def take(number: int, place: InPlace) -> None:
            name = self.names[number]
            changed[name] = replace(known[name], in_place=place)

        for number, node in self.nodes.items():
            tile = known[self.names[number]].result
            if self.view(node) and tile is not None and not tile.in_registers:
                take(number, InPlace(self.names[self.sources[number][0]]))
            before = self.accumulated(node)
            if before is None:
                continue
            take(number, InPlace(self.names[before]))
            carried = [e.distance for e in self.edges if e.src == number and e.distance]
            if carried and self.nodes[before].op_kind == TENSOR_STORE:
                take(before, InPlace(self.names[number], min(carried)))
        return changed


def _stated(node: CuratedNode) -> Tile | None:
    """The tile that a node's own sizes describe."""
    if node.regs:
        return Tile(REGISTER, node.regs * WORD)
    if node.smem_footprint:
        return Tile(SHARED, node.smem_footprint)
    if node.tmem_footprint:
        return Tile(TENSOR, node.tmem_footprint * COLUMN_BYTES)
    return None
