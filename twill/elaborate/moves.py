"""Moves that the author did not write: from where a value is to where its readers read."""

from __future__ import annotations

from itertools import product

from twill.elaborate.graph import Edge, Graph, Index, Node, label, overlapping
from twill.elaborate.settings import check_count
from twill.elaborate.spaces import Spaces


class Mover:
    """Inserts moves into a placed graph; ``moves`` holds them by value and target space."""

    def __init__(self, graph: Graph, spaces: Spaces) -> None:
        self.graph, self.spaces = graph, spaces
        self.settings = graph.settings
        self.moves: dict[tuple[str, str], list[Node]] = {}
        self.needs: dict[tuple[str, str], dict[str, int]] = {}

    def run(self) -> None:
        """Insert every move that a reader needs, and let the readers read it."""
        for node in self.graph.nodes.values():
            for edge in node.reads:
                self._need(node, edge)
        self._check_count()
        for value, target in self.needs:
            self._insert(value, target)
        self._redirect()

    def _need(self, node: Node, edge: Edge) -> None:
        """A move is cut as finely as its finest reader."""
        source = self.graph.nodes[edge.node]
        carried = self.settings.dimensions(node.op)
        for hop in self.spaces.route(node, edge) or ():
            slices = self.needs.setdefault((source.value, hop), {})
            for dimension in self.settings.shapes[source.value]:
                own = self.settings.factor(source.op, dimension)
                theirs = self.settings.factor(node.op, dimension) if dimension in carried else 1
                slices[dimension] = max(slices.get(dimension, 1), own, theirs)

    def _check_count(self) -> None:
        """Readers that cut a value along different dimensions multiply its moves."""
        counts = {node.op.name: 0 for node in self.graph.nodes.values()}
        for node in self.graph.nodes.values():
            counts[node.op.name] += 1
        for (value, _), slices in self.needs.items():
            moves = 1
            for count in slices.values():
                moves *= count
            counts[value] += moves
        check_count(self.graph.loop, counts)

    def _insert(self, value: str, target: str) -> list[Node]:
        """The nodes that move a value to a space, after those of the hop before."""
        if (value, target) in self.moves:
            return self.moves[value, target]
        sources = self.graph.values[value]
        path = self.spaces.path(sources[0].space or "", target)
        if len(path) == 2:
            sources = self._insert(value, path[0])
        made = [self._move(value, target, index, sources) for index in self._cuts(value, target)]
        self.moves[value, target] = made
        self._place_after(sources, made)
        return made

    def _cuts(self, value: str, target: str) -> list[Index]:
        slices = self.needs[value, target]
        dimensions = self.settings.shapes[value]
        ranges = [[(d, i, slices[d]) for i in range(slices[d])] for d in dimensions]
        return list(product(*ranges))

    def _move(self, value: str, target: str, index: Index, sources: list[Node]) -> Node:
        op = self.graph.loop.operation[value]
        extents = {d: self.settings.parameters[d] // count for d, _, count in index}
        node = Node(f"{value}.{target}{label(index)}", op, "moved", value, index, extents)
        node.space, node.source_space = target, sources[0].space
        read = [s for s in sources if overlapping(index, self.graph.kept(s))]
        node.reads = [Edge("read", s.name, 0) for s in read]
        node.place = (read[0].name, 0)
        return node

    def _place_after(self, sources: list[Node], made: list[Node]) -> None:
        """Program order: a move comes right after the last node that it reads."""
        last = sources[-1].name
        nodes = dict(self.graph.nodes)
        self.graph.nodes.clear()
        for name, node in nodes.items():
            self.graph.nodes[name] = node
            if name == last:
                self.graph.nodes |= {move.name: move for move in made}

    def _redirect(self) -> None:
        """Readers read the moved values."""
        for node in self.graph.nodes.values():
            if node.kind == "moved":
                continue
            edges: dict[Edge, None] = {}
            for edge in node.reads:
                edges |= dict.fromkeys(self._moved(node, edge))
            node.reads = list(edges)

    def _moved(self, node: Node, edge: Edge) -> list[Edge]:
        """What to read in place of ``edge``."""
        route = self.spaces.route(node, edge)
        if not route:
            return [edge]
        source = self.graph.nodes[edge.node]
        return [
            Edge(edge.port, move.name, edge.distance)
            for move in self.moves[source.value, route[-1]]
            if overlapping(self.graph.kept(source), move.index)
            and overlapping(node.index, move.index)
        ]
