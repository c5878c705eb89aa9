"""The dependence graph, with a circuit that limits the II drawn bold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twill.problem import Dependence, Op, Problem
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import STYLES, WIDTH, fill, hatchings, picture
from twill.reports.svg.glyphs import clip, width
from twill.reports.svg.layered import Layered, Link, arrange, layers
from twill.reports.svg.prose import paragraph, swatches
from twill.reports.view import View
from twill.solver.circuits import Arc

_BOX, _PITCH, _GAP = 36, 84, 14
_TOP, _MARGIN = 12, 12
_NAME, _NOTE = 11.5, 11
_LOOP = 34
"""Room for an edge from a box to itself."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependence to draw; ``critical``: on the circuit; ``ring``: it stands for reuse."""

    src: str
    dst: str
    distance: int
    hover: str
    label: str = ""
    critical: bool = False
    ring: bool = False

    @property
    def key(self) -> str:
        """Unique among the edges of a picture."""
        return f"{self.src}\0{self.dst}\0{self.distance}"


def dependence_graph_svg(
    source: View | Problem,
    circuit: Sequence[Arc] = (),
    *,
    ident: str = "graph",
    standalone: bool = False,
) -> str:
    """The graph of a problem, its boxes by role where ``source`` is a schedule's view.

    ``circuit``: the arcs of a bound of kind "recurrence" or "buffer".
    """
    problem = source.problem if isinstance(source, View) else source
    drawing = _Drawing(problem, ident, _roles(source), _edges(problem, circuit))
    parts, size = drawing.parts()
    title = f"Dependence graph of {problem.name}"
    return picture(ident, title, _told(problem, circuit), size, parts, standalone)


def _roles(source: View | Problem) -> dict[str, str]:
    if isinstance(source, Problem):
        return {}
    return {n: place.role for n, place in source.schedule.ops.items() if place.role is not None}


def _told(problem: Problem, circuit: Sequence[Arc]) -> str:
    told = f"{len(problem.ops)} operations, {len(problem.dependences)} dependences."
    if circuit:
        steps = ", ".join(f"{a.src} to {a.dst} {a.delay}" for a in circuit)
        over = sum(arc.distance for arc in circuit)
        told += f" Critical circuit: {steps}; {sum(a.delay for a in circuit)} cycles over {over}."
    return told


def _edges(problem: Problem, circuit: Sequence[Arc]) -> list[Edge]:
    """Stated dependences, one edge for those between the same ends, and the circuit's arcs."""
    stated: dict[tuple[str, str, int], list[Dependence]] = defaultdict(list)
    for d in problem.dependences:
        stated[d.src, d.dst, d.distance].append(d)
    critical = {(arc.src, arc.dst, arc.distance): arc for arc in circuit}
    edges = []
    for (src, dst, distance), found in stated.items():
        arc = critical.pop((src, dst, distance), None)
        hover = f"{src} → {dst}: " + "; ".join(map(_kind, found))
        label = _distance(distance) if arc is None else _delay(arc)
        edges.append(Edge(src, dst, distance, hover, label, arc is not None))
    for arc in critical.values():
        hover = f"{arc.src} → {arc.dst}: {arc.why}, delay {arc.delay}, distance {arc.distance}"
        edges.append(Edge(arc.src, arc.dst, arc.distance, hover, _delay(arc), True, True))
    return edges


def _kind(d: Dependence) -> str:
    wait = ", blocking wait" if d.blocking else ""
    return f"{d.kind}, delay {d.delay}, distance {d.distance}{wait}"


def _distance(distance: int) -> str:
    return f"d{distance}" if distance else ""


def _delay(arc: Arc) -> str:
    return f"{arc.delay} {_distance(arc.distance)}".rstrip()


class _Drawing:
    """Boxes and edges of one graph."""

    def __init__(
        self, problem: Problem, ident: str, role: Mapping[str, str], edges: list[Edge]
    ) -> None:
        self._problem, self._ident, self._role, self._edges = problem, ident, role, edges
        self._roles = list(dict.fromkeys(role.values()))
        loops = {edge.src for edge in edges if edge.src == edge.dst}
        self._box = {op.name: self._width(op) for op in problem.ops}
        room = {n: wide + 2 * _LOOP * (n in loops) for n, wide in self._box.items()}
        layer = layers(list(room), [(e.src, e.dst) for e in edges if not e.distance])
        links = [self._link(edge, layer) for edge in edges if layer[edge.src] != layer[edge.dst]]
        self._graph: Layered = arrange(room, layer, links, _GAP)
        self._ports = self._spread()
        right = max(
            (self._x(v[0]) + room[v[0]] / 2 for r in self._graph.rows for v in r if v[1] == 0),
            default=0,
        )
        self._shift = max(_MARGIN, (WIDTH - right) / 2)
        self._right = max(WIDTH, right + 2 * _MARGIN)

    def _width(self, op: Op) -> float:
        note = width(self._note(op), _NOTE)
        return max(width(self._name(op.name), _NAME), note) + 14

    @staticmethod
    def _name(op: str) -> str:
        return clip(op, 150, _NAME)

    def _note(self, op: Op) -> str:
        role = self._role.get(op.name)
        return f"{op.latency}" + (f" {clip(role, 80, _NOTE)}" if role else "")

    @staticmethod
    def _link(edge: Edge, layer: Mapping[str, int]) -> Link:
        down = layer[edge.src] < layer[edge.dst]
        upper, lower = (edge.src, edge.dst) if down else (edge.dst, edge.src)
        return Link(edge.key, upper, lower)

    def _x(self, name: str) -> float:
        return self._graph.x[name, 0]

    def _y(self, layer: int) -> float:
        return _TOP + layer * _PITCH

    def _spread(self) -> dict[tuple[str, str], float]:
        """Where along a box's side an edge ends, by its key and side: in the order of its way."""
        sides: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
        for key, chain in self._graph.chains.items():
            sides[chain[0][0], "below"].append((self._graph.x[chain[1]], key))
            sides[chain[-1][0], "above"].append((self._graph.x[chain[-2]], key))
        ports: dict[tuple[str, str], float] = {}
        for (name, side), ends in sides.items():
            wide = self._box[name] * 0.7
            for i, (_, key) in enumerate(sorted(ends)):
                share = (i + 1) / (len(ends) + 1) - 0.5
                ports[key, side] = self._x(name) + share * wide
        return ports

    def parts(self) -> tuple[list[Markup], tuple[float, float]]:
        """Everything, and the size of the picture."""
        plain = [e for e in self._edges if not e.critical]
        bold = [e for e in self._edges if e.critical]
        edges = [self._edge(edge) for edge in [*plain, *bold]]
        labels = [label for edge in [*plain, *bold] for label in self._label(edge)]
        boxes = [box for op in self._problem.ops for box in self._op(op)]
        bottom = self._y(len(self._graph.rows)) - _PITCH + _BOX + 34
        entries = [(i % STYLES, role) for i, role in enumerate(self._roles)]
        legend, y = swatches(self._ident, entries, _MARGIN, bottom) if entries else ([], bottom)
        words, y = paragraph(self._words(bool(bold)), _MARGIN, y + 2, WIDTH - 2 * _MARGIN)
        moved = element("g", {"transform": f"translate({self._shift:g})"}, *edges, *boxes, *labels)
        head = [hatchings(self._ident, set(range(STYLES))), self._tips()]
        return [*head, moved, *legend, *words], (self._right, y)

    def _words(self, bold: bool) -> str:
        second = "latency in cycles and role" if self._roles else "latency in cycles"
        words = [
            f"Boxes: an op, its {second}. Edges: dependences; dashed, with dk: on iteration i-k."
        ]
        if bold:
            words.append("Bold: the critical circuit with its delays.")
        if any(edge.ring for edge in self._edges):
            words.append("Bold and dashed: a slot or storage has to be free again.")
        return " ".join(words)

    def _tips(self) -> Markup:
        tips = []
        for name in ("tip", "hot"):
            shape = element("path", {"class": name, "d": "M0,0L8,4L0,8Z"})
            attributes: dict[str, Value] = {
                "id": f"{self._ident}-{name}",
                "viewBox": "0 0 8 8",
                "refX": 7,
                "refY": 4,
                "markerWidth": 8,
                "markerHeight": 8,
                "markerUnits": "userSpaceOnUse",
                "orient": "auto",
            }
            tips.append(element("marker", attributes, shape))
        return element("defs", {}, *tips)

    def _op(self, op: Op) -> list[Markup]:
        x, y = self._x(op.name), self._y(self._graph.layer[op.name])
        wide = self._box[op.name]
        role = self._role.get(op.name)
        style = self._roles.index(role) % STYLES if role is not None else 0
        units = ", ".join(name for name, uses in op.reservations.items() if uses) or "no unit"
        hover = f"{op.name}: issue {op.issue}, latency {op.latency}, {units}"
        hover += f", role {role}" if role is not None else ""
        box: dict[str, Value] = {"class": f"e{style}" if role is not None else "ground"}
        if role is not None:
            box["fill"] = fill(self._ident, style)
        box |= {
            "x": round(x - wide / 2, 1),
            "y": y,
            "width": round(wide, 1),
            "height": _BOX,
            "rx": 4,
        }
        at = round(x, 1)
        return [
            element("rect", box, element("title", {}, hover)),
            element("text", {"class": "m n b c t", "x": at, "y": y + 15}, self._name(op.name)),
            element("text", {"class": "m s c t", "x": at, "y": y + 29}, self._note(op)),
        ]

    def _edge(self, edge: Edge) -> Markup:
        style = "edge"
        if edge.critical:
            style = "ring" if edge.ring else "circuit"
        elif edge.distance:
            style = "back"
        tip = f"url(#{self._ident}-{'hot' if edge.critical else 'tip'})"
        attributes: dict[str, Value] = {"class": style, "d": self._path(edge), "marker-end": tip}
        return element("path", attributes, element("title", {}, edge.hover))

    def _path(self, edge: Edge) -> str:
        if edge.src == edge.dst:
            x = self._x(edge.src) + self._box[edge.src] / 2
            y = self._y(self._graph.layer[edge.src])
            return f"M{x:g},{y + 10:g}c18,-10 18,26 0,16"
        if self._graph.layer[edge.src] == self._graph.layer[edge.dst]:
            low = self._y(self._graph.layer[edge.src]) + _BOX
            a, b = self._x(edge.src), self._x(edge.dst)
            return f"M{a:g},{low:g}C{a:g},{low + 28:g} {b:g},{low + 28:g} {b:g},{low:g}"
        points = self._points(edge)
        path = f"M{points[0][0]:g},{points[0][1]:g}"
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = (y0 + y1) / 2
            if x0 == x1:
                path += f"V{y1:g}"
            else:
                path += f"C{x0:g},{middle:g} {x1:g},{middle:g} {x1:g},{y1:g}"
        return path

    def _points(self, edge: Edge) -> list[Point]:
        """The way of an edge over the layers between its ends, from its source on."""
        chain = self._graph.chains[edge.key]
        upper, lower = chain[0][0], chain[-1][0]
        points = [(self._ports[edge.key, "below"], self._y(self._graph.layer[upper]) + _BOX)]
        for bend in chain[1:-1]:
            x, y = self._graph.x[bend], self._y(bend[1])
            points += [(x, y), (x, y + _BOX)]
        points.append((self._ports[edge.key, "above"], self._y(self._graph.layer[lower])))
        points = [(round(x, 1), y) for x, y in points]
        return points if edge.src == upper else points[::-1]

    def _label(self, edge: Edge) -> list[Markup]:
        if not edge.label:
            return []
        x, y = self._middle(edge)
        style = "m s b c t a h" if edge.critical else "m s c t f h"
        return [
            element("text", {"class": style, "x": round(x, 1), "y": round(y + 4, 1)}, edge.label)
        ]

    def _middle(self, edge: Edge) -> Point:
        """Where an edge's label goes: beside a loop, or in the gap in the middle of the way."""
        layer = self._graph.layer
        if edge.src == edge.dst:
            x = self._x(edge.src) + self._box[edge.src] / 2
            return x + 16 + width(edge.label, _NOTE) / 2, self._y(layer[edge.src]) + _BOX / 2
        if layer[edge.src] == layer[edge.dst]:
            low = self._y(layer[edge.src]) + _BOX
            return (self._x(edge.src) + self._x(edge.dst)) / 2, low + 21
        points = self._points(edge)
        i = (len(points) // 2 - 1) // 2 * 2
        (x0, y0), (x1, y1) = points[i : i + 2]
        return (x0 + x1) / 2, (y0 + y1) / 2
