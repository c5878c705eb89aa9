"""Where the boxes of a graph are, which way its edges go, and where their labels stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from twill.reports.svg.edges import Edge
from twill.reports.svg.glyphs import width
from twill.reports.svg.layered import Link, arrange, layers

BOX, PITCH = 36, 84
"""Heights of a box, and from one layer to the next."""

LABEL = 11
"""Size of the labels of edges."""

_TOP, _GAP, _LOOP = 12, 14, 16

Point = tuple[float, float]


class Routes:
    """A layered drawing of boxes of given widths with edges between them."""

    def __init__(self, box: Mapping[str, float], edges: Sequence[Edge]) -> None:
        self.box, self._edges = box, edges
        loops: dict[str, float] = defaultdict(float)
        for edge in edges:
            if edge.src == edge.dst:
                loops[edge.src] = max(loops[edge.src], _LOOP + width(edge.label, LABEL))
        room = {name: wide + 2 * loops.get(name, 0) for name, wide in box.items()}
        layer = layers(list(box), [(e.src, e.dst) for e in edges if not e.distance])
        links = [_link(edge, layer) for edge in edges if layer[edge.src] != layer[edge.dst]]
        self._graph = arrange(room, layer, links, _GAP)
        self._ports = self._spread()
        self._loops = [edge.key for edge in edges if edge.src == edge.dst]

    def x(self, name: str) -> float:
        """The middle of a box."""
        return self._graph.x[name, 0]

    def y(self, name: str) -> float:
        """The top of a box."""
        return _TOP + self._graph.layer[name] * PITCH

    @property
    def size(self) -> Point:
        """Width and height that everything takes."""
        graph = self._graph
        ends = [graph.x[v] + graph.room(v) / 2 for row in graph.rows for v in row]
        return max(ends, default=0), _TOP + (len(graph.rows) - 1) * PITCH + BOX

    def _spread(self) -> dict[tuple[str, str], float]:
        """Where along a box's side an edge ends, by its key and side: in the order of its way."""
        sides: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
        for key, chain in self._graph.chains.items():
            sides[chain[0][0], "below"].append((self._graph.x[chain[1]], key))
            sides[chain[-1][0], "above"].append((self._graph.x[chain[-2]], key))
        ports: dict[tuple[str, str], float] = {}
        for (name, side), ends in sides.items():
            for i, (_, key) in enumerate(sorted(ends)):
                share = (i + 1) / (len(ends) + 1) - 0.5
                ports[key, side] = self.x(name) + share * 0.7 * self.box[name]
        return ports

    def path(self, edge: Edge) -> str:
        """The way of an edge, from its source on."""
        if edge.src == edge.dst:
            x, y = self.x(edge.src) + self.box[edge.src] / 2, self.y(edge.src)
            return f"M{x:g},{y + 10:g}c18,-10 18,26 0,16"
        if self.y(edge.src) == self.y(edge.dst):
            low = self.y(edge.src) + BOX
            a, b = self.x(edge.src), self.x(edge.dst)
            return f"M{a:g},{low:g}C{a:g},{low + 28:g} {b:g},{low + 28:g} {b:g},{low:g}"
        points = self._points(edge)
        path = f"M{points[0][0]:g},{points[0][1]:g}"
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = (y0 + y1) / 2
            bend = f"C{x0:g},{middle:g} {x1:g},{middle:g} {x1:g},{y1:g}"
            path += f"V{y1:g}" if x0 == x1 else bend
        return path

    def _points(self, edge: Edge) -> list[Point]:
        """Where an edge enters and leaves the gaps between layers, from its source on."""
        chain = self._graph.chains[edge.key]
        upper, lower = chain[0][0], chain[-1][0]
        points = [(self._ports[edge.key, "below"], self.y(upper) + BOX)]
        for bend in chain[1:-1]:
            x, y = self._graph.x[bend], _TOP + bend[1] * PITCH
            points += [(x, y), (x, y + BOX)]
        points.append((self._ports[edge.key, "above"], self.y(lower)))
        points = [(round(x, 1), y) for x, y in points]
        return points if edge.src == upper else points[::-1]

    def _gaps(self, edge: Edge) -> list[tuple[Point, Point]]:
        points = self._points(edge)
        return list(zip(points[::2], points[1::2], strict=True))

    def labels(self, edges: Sequence[Edge]) -> dict[str, Point]:
        """Middles of the labels, by the edges' keys: over no other label and few other edges."""
        ways = {edge.key: self._samples(edge) for edge in edges}
        taken: dict[str, tuple[Point, float]] = {}
        for edge in edges:
            if not edge.label:
                continue
            wide = width(edge.label, LABEL)
            others = [point for key, way in ways.items() if key != edge.key for point in way]
            place = min(
                self._places(edge, wide),
                key=lambda place: (
                    sum(not _apart(place, wide, *other) for other in taken.values()),
                    sum(not _apart(place, wide, point, 0) for point in others),
                ),
            )
            taken[edge.key] = (place, wide)
        return {key: place for key, (place, _) in taken.items()}

    def _samples(self, edge: Edge) -> list[Point]:
        """Points on the way of an edge, near enough to each other to see what it passes."""
        if edge.key not in self._graph.chains:
            return []
        return [_on_curve(*gap, k / 8) for gap in self._gaps(edge) for k in range(9)]

    def _places(self, edge: Edge, wide: float) -> Iterator[Point]:
        """Where an edge's label may go: beside a loop, or on the edge between two layers."""
        if edge.src == edge.dst:
            x = self.x(edge.src) + self.box[edge.src] / 2 + _LOOP + wide / 2
            before = [key for key in self._loops if key.startswith(f"{edge.src}\0")]
            yield x, self.y(edge.src) + BOX / 2 + before.index(edge.key) * (LABEL + 2)
            return
        if self.y(edge.src) == self.y(edge.dst):
            yield (self.x(edge.src) + self.x(edge.dst)) / 2, self.y(edge.src) + BOX + 21
            return
        gaps = self._gaps(edge)
        middle = gaps[0][0][1] + gaps[-1][1][1]
        gaps.sort(key=lambda gap: abs(gap[0][1] + gap[1][1] - middle))
        for share in (0.5, 0.3, 0.7, 0.4, 0.6):
            for gap in gaps:
                yield _on_curve(*gap, share)


def _link(edge: Edge, layer: Mapping[str, int]) -> Link:
    down = layer[edge.src] < layer[edge.dst]
    upper, lower = (edge.src, edge.dst) if down else (edge.dst, edge.src)
    return Link(edge.key, upper, lower)


def _on_curve(start: Point, end: Point, t: float) -> Point:
    """A point of the curve on which an edge crosses the gap between two layers."""
    first = (1 - t) ** 3 + 3 * (1 - t) ** 2 * t
    middle = (start[1] + end[1]) / 2
    y = (1 - t) ** 3 * start[1] + 3 * t * (1 - t) * middle + t**3 * end[1]
    return start[0] * first + end[0] * (1 - first), y


def _apart(one: Point, wide: float, other: Point, other_wide: float) -> bool:
    """Whether two labels leave each other alone."""
    far = abs(one[0] - other[0]) >= (wide + other_wide) / 2 + 4
    return far or abs(one[1] - other[1]) >= LABEL + 2
