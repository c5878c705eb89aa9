"""The dependence graph, with a circuit that limits the II drawn bold."""

from __future__ import annotations

from collections.abc import Sequence

from twill.problem import Op, Problem
from twill.reports.svg.edges import Edge, edges, told
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import STYLES, WIDTH, fill, hatchings, picture
from twill.reports.svg.glyphs import clip, width
from twill.reports.svg.prose import paragraph, swatches
from twill.reports.svg.routes import BOX, Routes
from twill.reports.view import View
from twill.solver.circuits import Arc

_MARGIN = 12
_NAME, _NOTE = 11.5, 11
_LONGEST_NAME, _LONGEST_ROLE = 150, 80


def dependence_graph_svg(
    source: View | Problem,
    circuit: Sequence[Arc] = (),
    *,
    ident: str = "graph",
    standalone: bool = False,
) -> str:
    """The graph of a problem, its boxes by role where ``source`` is a schedule's view.

    ``circuit``: the arcs of a bound of kind "recurrence" or "buffer". A graph too wide for
    the page has short names and no roles in its boxes; one that still is makes a wider picture.
    """
    problem = source.problem if isinstance(source, View) else source
    found = edges(problem, circuit)
    drawing = _Drawing(source, ident, found, short=False)
    if drawing.width > WIDTH:
        drawing = _Drawing(source, ident, found, short=True)
    parts, size = drawing.parts()
    title = f"Dependence graph of {problem.name}"
    return picture(ident, title, told(problem, circuit), size, parts, standalone)


class _Drawing:
    """Boxes and edges of one graph."""

    def __init__(
        self, source: View | Problem, ident: str, found: Sequence[Edge], *, short: bool
    ) -> None:
        self._view = source if isinstance(source, View) else None
        self._problem = source if isinstance(source, Problem) else source.problem
        self._ident, self._edges, self._short = ident, found, short
        self._role = self._roles_of_ops()
        self._roles = list(dict.fromkeys(self._role.values()))
        self._routes = Routes({op.name: self._width(op) for op in self._problem.ops}, found)
        self.width = max(WIDTH, self._routes.size[0] + 2 * _MARGIN)

    def _roles_of_ops(self) -> dict[str, str]:
        places = self._view.schedule.ops if self._view is not None else {}
        return {name: place.role for name, place in places.items() if place.role is not None}

    def _width(self, op: Op) -> float:
        return max(width(self._name(op), _NAME), width(self._note(op), _NOTE)) + 14

    def _name(self, op: Op) -> str:
        if self._short and self._view is not None:
            return clip(self._view.short(op.name), _LONGEST_ROLE, _NAME)
        return clip(op.name, _LONGEST_NAME, _NAME)

    def _note(self, op: Op) -> str:
        role = "" if self._short else self._role.get(op.name, "")
        return f"{op.latency} {clip(role, _LONGEST_ROLE, _NOTE)}".rstrip()

    def parts(self) -> tuple[list[Markup], tuple[float, float]]:
        """Everything, and the size of the picture."""
        wide, high = self._routes.size
        drawn = [e for e in self._edges if not e.critical] + [e for e in self._edges if e.critical]
        lines = [self._edge(edge) for edge in drawn]
        boxes = [part for op in self._problem.ops for part in self._op(op)]
        shift = {"transform": f"translate({(self.width - wide) / 2:g})"}
        graph = element("g", shift, *lines, *boxes, *self._labels(drawn[::-1]))
        entries = [(i % STYLES, role) for i, role in enumerate(self._roles)]
        y = high + 34
        legend, y = swatches(self._ident, entries, _MARGIN, y) if entries else ([], y)
        words, y = paragraph(self._words(), _MARGIN, y + 2, WIDTH - 2 * _MARGIN)
        head = [hatchings(self._ident, set(range(STYLES))), self._tips()]
        return [*head, graph, *legend, *words], (self.width, y)

    def _words(self) -> str:
        second = "latency in cycles" + (" and role" if self._roles and not self._short else "")
        words = [f"Boxes: an op, its {second}."]
        if self._short and self._view is not None:
            view, ops = self._view, [op.name for op in self._problem.ops]
            words += [f"{view.short(op)}: short for {op}." for op in ops if view.short(op) != op][
                :1
            ]
        words.append("Edges: dependences; dashed, with dk: on iteration i-k.")
        if any(edge.critical for edge in self._edges):
            words.append("Bold: the critical circuit with its delays.")
        if any(edge.ring for edge in self._edges):
            words.append("Bold and dashed: a slot or storage has to be free again.")
        return " ".join(words)

    def _tips(self) -> Markup:
        """Arrowheads; the size is not that of the line."""
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
        x, y = self._routes.x(op.name), self._routes.y(op.name)
        wide = self._routes.box[op.name]
        box: dict[str, Value] = {"class": "ground"}
        if op.name in self._role:
            style = self._roles.index(self._role[op.name]) % STYLES
            box = {"class": f"e{style}", "fill": fill(self._ident, style)}
        box |= {"x": round(x - wide / 2, 1), "y": y, "width": round(wide, 1)}
        box |= {"height": BOX, "rx": 4}
        return [
            element("rect", box, element("title", {}, self._hover(op))),
            element("text", {"class": "m n b c t", "x": x, "y": y + 15}, self._name(op)),
            element("text", {"class": "m s c t", "x": x, "y": y + 29}, self._note(op)),
        ]

    def _hover(self, op: Op) -> str:
        units = ", ".join(name for name, uses in op.reservations.items() if uses) or "no unit"
        role = f", role {self._role[op.name]}" if op.name in self._role else ""
        return f"{op.name}: issue {op.issue}, latency {op.latency}, {units}{role}"

    def _edge(self, edge: Edge) -> Markup:
        style = "back" if edge.distance else "edge"
        if edge.critical:
            style = "ring" if edge.ring else "circuit"
        tip = f"url(#{self._ident}-{'hot' if edge.critical else 'tip'})"
        way = self._routes.path(edge)
        attributes: dict[str, Value] = {"class": style, "d": way, "marker-end": tip}
        return element("path", attributes, element("title", {}, edge.hover))

    def _labels(self, found: Sequence[Edge]) -> list[Markup]:
        places = self._routes.labels(found)
        drawn = []
        for edge in found:
            if edge.key in places:
                x, y = places[edge.key]
                style = "m s b c t a h" if edge.critical else "m s c t f h"
                at: dict[str, Value] = {"class": style, "x": round(x, 1), "y": round(y + 4, 1)}
                drawn.append(element("text", at, edge.label))
        return drawn
