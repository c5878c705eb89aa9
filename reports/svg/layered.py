"""A layered drawing of a graph: every edge from a layer to one below it, few crossings.

Longest paths give the layers, barycentres the order in them; an edge over several layers
holds a place in each, so that no edge runs through a box. Positions are those that come
nearest to the neighbours' (least squares) without boxes that touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Vertex = tuple[str, int]
"""A box (name, 0), or the place of an edge's chain in a layer: (its key, the layer)."""

_SWEEPS, _MOVES = 24, 120
_BEND = 16
"""Room that an edge takes in a layer that it passes."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge to draw from ``upper`` down to ``lower``; ``key`` is unique."""

    key: str
    upper: str
    lower: str


@dataclass
class Layered:
    """Layers of vertices from left to right, and where each one's middle is."""

    width: Mapping[str, float]
    gap: float
    layer: dict[str, int]
    rows: list[list[Vertex]] = field(default_factory=list)
    chains: dict[str, list[Vertex]] = field(default_factory=dict)
    x: dict[Vertex, float] = field(default_factory=dict)

    def room(self, vertex: Vertex) -> float:
        """The width of a box, or of the place of an edge."""
        return self.width.get(vertex[0], _BEND) if vertex[1] == 0 else _BEND


def layers(names: Sequence[str], arcs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Longest-path layers of an acyclic graph; what has no predecessor is near its readers.

    Arcs that would close a circuit are left out.
    """
    ordered = _topological(names, arcs)
    rank = {name: i for i, name in enumerate(ordered)}
    forward = [(u, v) for u, v in arcs if rank[u] < rank[v]]
    into: dict[str, list[str]] = defaultdict(list)
    out: dict[str, list[str]] = defaultdict(list)
    for u, v in forward:
        into[v].append(u)
        out[u].append(v)
    layer: dict[str, int] = {}
    for name in ordered:
        layer[name] = max((layer[u] + 1 for u in into[name]), default=0)
    for name in reversed(ordered):
        if not into[name] and out[name]:
            layer[name] = min(layer[v] for v in out[name]) - 1
    return layer


def _topological(names: Sequence[str], arcs: Sequence[tuple[str, str]]) -> list[str]:
    """An order in which arcs go forward, but for those that close a circuit."""
    into: dict[str, set[str]] = {name: set() for name in names}
    for u, v in arcs:
        if u != v:
            into[v].add(u)
    ordered: list[str] = []
    left = list(names)
    while left:
        free = next((n for n in left if not into[n] & set(left)), left[0])
        left.remove(free)
        ordered.append(free)
    return ordered


def arrange(
    width: Mapping[str, float], layer: dict[str, int], links: Sequence[Link], gap: float
) -> Layered:
    """Order and place boxes of the given widths on their layers."""
    graph = Layered(width, gap, layer)
    graph.rows = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for name in width:
        graph.rows[layer[name]].append((name, 0))
    edges = _chains(graph, links)
    _order(graph, edges)
    _place(graph, edges)
    return graph


Neighbours = tuple[dict[Vertex, list[Vertex]], dict[Vertex, list[Vertex]]]
"""The neighbours of every vertex in the layer above it, and in the one below."""


def _chains(graph: Layered, links: Sequence[Link]) -> Neighbours:
    above: dict[Vertex, list[Vertex]] = defaultdict(list)
    below: dict[Vertex, list[Vertex]] = defaultdict(list)
    for link in links:
        first, last = graph.layer[link.upper], graph.layer[link.lower]
        bends = [(link.key, i) for i in range(first + 1, last)]
        for bend in bends:
            graph.rows[bend[1]].append(bend)
        chain: list[Vertex] = [(link.upper, 0), *bends, (link.lower, 0)]
        graph.chains[link.key] = chain
        for u, v in pairwise(chain):
            below[u].append(v)
            above[v].append(u)
    return above, below


def _order(graph: Layered, edges: Neighbours) -> None:
    """Sweep down and up by barycentres; the order with the fewest crossings stays."""
    above, below = edges
    best, fewest = [list(row) for row in graph.rows], _crossings(graph.rows, below)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        rows = graph.rows if down else graph.rows[::-1]
        for fixed, free in pairwise(rows):
            at = {vertex: i / max(1, len(fixed) - 1) for i, vertex in enumerate(fixed)}
            _sort(free, above if down else below, at)
        crossings = _crossings(graph.rows, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in graph.rows], crossings
    graph.rows = best


def _sort(row: list[Vertex], near: dict[Vertex, list[Vertex]], at: Mapping[Vertex, float]) -> None:
    """Order a row by the mean place of neighbours; vertices without any keep theirs."""
    here = {vertex: i / max(1, len(row) - 1) for i, vertex in enumerate(row)}
    wish = {v: sum(at[u] for u in near[v]) / len(near[v]) if near.get(v) else here[v] for v in row}
    row.sort(key=lambda v: (wish[v], here[v]))


def _crossings(rows: Sequence[Sequence[Vertex]], below: dict[Vertex, list[Vertex]]) -> int:
    total = 0
    for upper, lower in pairwise(rows):
        at = {vertex: i for i, vertex in enumerate(lower)}
        ends = [sorted(at[v] for v in below.get(u, ())) for u in upper]
        seen: list[int] = []
        for places in ends:
            total += sum(1 for p in places for q in seen if q > p)
            seen += places
    return total


def _place(graph: Layered, edges: Neighbours) -> None:
    """Move rows towards their neighbours in turn, then to the left edge."""
    for row in graph.rows:
        right = 0.0
        for vertex in row:
            graph.x[vertex] = right + graph.room(vertex) / 2
            right += graph.room(vertex) + graph.gap
    for sweep in range(_MOVES):
        for row in graph.rows if sweep % 2 == 0 else graph.rows[::-1]:
            _move(graph, row, edges)
    left = min((graph.x[v] - graph.room(v) / 2 for row in graph.rows for v in row), default=0)
    for vertex in graph.x:
        graph.x[vertex] = round(graph.x[vertex] - left, 1)


def _pull(one: Vertex, other: Vertex) -> float:
    """How much the ends of a stretch want to be one above the other: bends most."""
    return (1.0, 2.0, 8.0)[(one[1] > 0) + (other[1] > 0)]


def _move(graph: Layered, row: Sequence[Vertex], edges: Neighbours) -> None:
    """The least-squares places of a row (pool adjacent violators), straight edges first."""
    near = {v: [*edges[0].get(v, ()), *edges[1].get(v, ())] for v in row}
    blocks: list[tuple[float, float, int]] = []
    offset, offsets = 0.0, []
    for i, vertex in enumerate(row):
        if i:
            offset += (graph.room(row[i - 1]) + graph.room(vertex)) / 2 + graph.gap
        offsets.append(offset)
        pulls = [(graph.x[u], _pull(vertex, u)) for u in near[vertex]]
        weight = sum(pull for _, pull in pulls) or 0.1
        wish = sum(x * pull for x, pull in pulls) / weight if pulls else graph.x[vertex]
        blocks.append((wish - offset, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, wa, na), (b, wb, nb) = blocks[-2:]
            blocks[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    places = [place for place, _, count in blocks for _ in range(count)]
    for vertex, place, shift in zip(row, places, offsets, strict=True):
        graph.x[vertex] = place + shift
