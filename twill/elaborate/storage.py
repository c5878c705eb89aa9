"""Which stored value a result takes over once everything has its space.

The author says whose storage a result takes over. That value may live in another space, as
scores do in tensor memory and their exponentials in registers; the storage meant is then the
one further back that is in the result's own space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twill.diagnostics import Diagnostic
from twill.elaborate.graph import Graph, Node, overlapping
from twill.problem import REGISTER

Place = tuple[str, int]


class Storage:
    """Resolves ``place`` of every node; ``moves``: inserted moves by value and space."""

    def __init__(self, graph: Graph, moves: Mapping[tuple[str, str], list[Node]]) -> None:
        self.graph, self.moves = graph, moves
        self.origin = {name: node.place for name, node in graph.nodes.items()}

    def settle(self) -> None:
        """Storage is taken over inside one space; in registers, from an operand only."""
        for node in self.graph.nodes.values():
            place = self.origin[node.name]
            if place is None or node.space is None:
                node.place = None
            elif node.space == REGISTER:
                node.place = None if node.kind == "moved" else self._operand(node, place)
            else:
                node.place = self._copy(node, place) or self._stored(node, place)

    def two_takers(self) -> Iterator[Diagnostic]:
        """One storage is taken over by one value: two would overwrite each other."""
        takers: dict[Place, Node] = {}
        for node in self.graph.nodes.values():
            if node.place is None:
                continue
            first = takers.setdefault(node.place, node)
            if first.value != node.value:
                taken = self.graph.nodes[node.place[0]].op.name
                message = (
                    f"{first.op.name} and {node.op.name} both take over the storage of {taken}"
                )
                path = ("operations", node.op.name)
                help_ = f"let {node.op.name} take over {first.op.name} (in_place)"
                yield self.graph.loop.places.error(path, message, help_, key=True)

    def _operand(self, node: Node, place: Place) -> Place | None:
        """The operand, or its copy in registers, whose registers the result takes over."""
        value = self.graph.nodes[place[0]].value
        for edge in node.reads:
            source = self.graph.nodes[edge.node]
            if edge.distance == place[1] and source.value == value and source.space == REGISTER:
                return source.name, edge.distance
        return None

    def _copy(self, node: Node, place: Place) -> Place | None:
        """The copy that was moved here for the node to read."""
        value = self.graph.nodes[place[0]].value
        for edge in node.reads:
            source = self.graph.nodes[edge.node]
            if source.kind == "moved" and source.space == node.space and source.value == value:
                return source.name, edge.distance
        return None

    def _stored(self, node: Node, place: Place) -> Place | None:
        """Back along what is taken over, to the first value stored in this memory."""
        seen: set[str] = set()
        at: Place | None = place
        while at is not None and at[0] not in seen:
            source = self.graph.nodes[at[0]]
            if source.space == node.space:
                return at
            for copy in self.moves.get((source.value, node.space or ""), ()):
                if copy is not node and copy.value != node.value and self._meets(copy, node):
                    return copy.name, at[1]
            seen.add(at[0])
            before = self.origin[at[0]]
            at = (before[0], before[1] + at[1]) if before is not None else None
        return None

    def _meets(self, one: Node, other: Node) -> bool:
        return overlapping(self.graph.kept(one), self.graph.kept(other))
