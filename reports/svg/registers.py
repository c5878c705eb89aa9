"""Registers per thread of every role over one period, stacked value by value."""

from __future__ import annotations

from twill.reports.registers import Holding, holdings
from twill.reports.svg.axis import Axis, steps
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import STYLES, WIDTH, fill, hatchings, picture
from twill.reports.svg.glyphs import clip, width
from twill.reports.svg.prose import paragraph
from twill.reports.view import View
from twill.schedule import Role

_TOP, _LEFT, _RIGHT, _GAP = 34, 130, 90, 38
_SCALE = 0.9
"""Height of one register."""

_NAME = 11.5

_BAND = 13
"""The lowest band that a name is written in."""


def registers_svg(view: View, *, ident: str = "registers", standalone: bool = False) -> str:
    """A chart per role that holds values; empty where no result lives in registers."""
    held = holdings(view)
    if not held:
        return ""
    axis = Axis(0, view.schedule.ii, _LEFT, WIDTH - _RIGHT)
    parts: list[Markup] = []
    y: float = _TOP
    for holding in held:
        drawn, y = _chart(view, ident, holding, axis, y)
        parts += drawn
        y += _GAP
    words, y = paragraph(_WORDS, _LEFT, y - 4, axis.right - axis.left)
    styles = hatchings(ident, set(range(STYLES)))
    told = " ".join(_told(view, holding) for holding in held)
    size = (WIDTH, y)
    return picture(
        ident,
        "Registers per thread over one period",
        told,
        size,
        [styles, *parts, *words],
        standalone,
    )


_WORDS = (
    "Each step: the registers of a value, every iteration of it that is alive counted. "
    "Bottom: overhead, that is addresses, counters and barriers."
)


def _budget(view: View, name: str) -> tuple[Role, int]:
    role = next(role for role in view.schedule.roles if role.name == name)
    limits = view.problem.roles
    return role, limits.registers.overhead if limits else 0


def _told(view: View, holding: Holding) -> str:
    _, overhead = _budget(view, holding.role)
    held, phase = view.usage.pressure(holding.role)
    return f"{holding.role}: {_peak(view, holding, held, overhead)} at cycle {phase}."


def _peak(view: View, holding: Holding, held: int, overhead: int) -> str:
    role, _ = _budget(view, holding.role)
    whole = f" of {role.registers}" if role.registers is not None else ""
    extra = f" + {overhead} overhead = {held + overhead}" if overhead else ""
    return f"peak {held}{extra}{whole}"


def _chart(
    view: View, ident: str, holding: Holding, axis: Axis, y: float
) -> tuple[list[Markup], float]:
    role, overhead = _budget(view, holding.role)
    held, phase = view.usage.pressure(holding.role)
    most = max(held + overhead, role.registers or 0)
    foot = y + most * _SCALE + 14
    layers = _Layers(view, ident, holding, axis, foot - overhead * _SCALE)
    parts = [
        *axis.ruler(foot + 16, foot),
        *_name(role, axis, foot - most * _SCALE),
        *_overhead(axis, foot, overhead),
        *layers.draw(),
    ]
    parts += _marks(
        axis, foot, (held + overhead, phase), role.registers, _peak(view, holding, held, overhead)
    )
    return parts, foot + 16


def _name(role: Role, axis: Axis, y: float) -> list[Markup]:
    warps = f"{role.warps} warp{'s' if role.warps != 1 else ''}"
    return [
        element("text", {"class": "m b", "x": 2, "y": y + 14}, clip(role.name, axis.left - 8, 12)),
        element("text", {"class": "s f", "x": 2, "y": y + 30}, warps),
    ]


def _overhead(axis: Axis, foot: float, overhead: int) -> list[Markup]:
    if not overhead:
        return []
    height = overhead * _SCALE
    box: dict[str, Value] = {
        "class": "ground",
        "x": axis.left,
        "y": foot - height,
        "width": axis.right - axis.left,
        "height": height,
    }
    parts = [element("rect", box, element("title", {}, f"overhead: {overhead} registers"))]
    if height >= 12:
        at: dict[str, Value] = {"class": "s t", "x": axis.left + 6, "y": foot - height / 2 + 4}
        parts.append(element("text", at, f"overhead {overhead}"))
    return parts


def _marks(
    axis: Axis, foot: float, peak: tuple[int, int], budget: int | None, words: str
) -> list[Markup]:
    """The budget's line, and the peak with a mark."""
    most, phase = peak
    x, y = axis.at(phase), foot - most * _SCALE
    parts: list[Markup] = []
    if budget is not None:
        line = foot - budget * _SCALE
        parts = [
            element("path", {"class": "limit", "d": f"M{axis.left:g},{line:g}H{axis.right:g}"}),
            element(
                "text", {"class": "s a", "x": axis.right + 6, "y": line + 4}, f"budget {budget}"
            ),
        ]
    left = x + width(words, 11, 0.6) > axis.right
    mark = f"M{x:g},{y:g}l-4,-7h8z"
    at: dict[str, Value] = {
        "class": "s b r" if left else "s b",
        "x": x + (-7 if left else 7),
        "y": min(y, foot - (budget or 0) * _SCALE) - 5,
    }
    return [*parts, element("path", {"class": "peak", "d": mark}), element("text", at, words)]


class _Layers:
    """The values of a role, one on top of the other in program order."""

    def __init__(self, view: View, ident: str, holding: Holding, axis: Axis, foot: float) -> None:
        self._view, self._ident, self._axis = view, ident, axis
        self._holding = holding
        self._levels = [foot] * len(holding.cycles)

    def draw(self) -> list[Markup]:
        """Areas, and names where there is room for them."""
        areas: list[Markup] = []
        names: list[Markup] = []
        for i, (value, held) in enumerate(self._holding.values.items()):
            below = list(self._levels)
            for k, registers in enumerate(held):
                self._levels[k] = round(below[k] - registers * _SCALE, 2)
            areas.append(self._area(i, value, held, below))
            names += self._label(value, held, below)
        return [*areas, element("g", {"class": "m n c t"}, *names)]

    def _area(self, number: int, value: str, held: tuple[int, ...], below: list[float]) -> Markup:
        style = number % STYLES
        path = "".join(self._piece(first, last, below) for first, last in _runs(held))
        hover = f"{value}: up to {max(held)} registers"
        attributes: dict[str, Value] = {
            "class": f"e{style}",
            "fill": fill(self._ident, style),
            "d": path,
        }
        return element("path", attributes, element("title", {}, hover))

    def _piece(self, first: int, last: int, below: list[float]) -> str:
        """The outline of a value from one cycle's index to another's, where it is held."""
        cycles, end = self._holding.cycles, self._end(last)
        top = [(cycles[k], self._levels[k]) for k in range(first, last + 1)]
        path = f"M{self._axis.at(cycles[first]):g},{top[0][1]:g}{steps(self._axis, top, end)}"
        for k in range(last, first - 1, -1):
            path += f"V{below[k]:g}H{self._axis.at(cycles[k]):g}"
        return path + "Z"

    def _end(self, index: int) -> int:
        cycles = self._holding.cycles
        return cycles[index + 1] if index + 1 < len(cycles) else self._axis.end

    def _label(self, value: str, held: tuple[int, ...], below: list[float]) -> list[Markup]:
        """The value's name in the widest stretch in which it can be written."""
        stretches = _stretches(held, below, self._levels)
        widest = max(stretches, key=lambda s: self._room(s[0], s[1]), default=None)
        if widest is None:
            return []
        first, last, top, bottom = widest
        left = self._axis.at(self._holding.cycles[first])
        room = self._room(first, last)
        for words in (f"{value} {held[first]}", value, self._view.short(value)):
            if width(words, _NAME) <= room - 8:
                middle = round((top + bottom) / 2 + 4, 1)
                at: dict[str, Value] = {"x": round(left + room / 2, 1), "y": middle}
                return [element("text", at, words)]
        return []

    def _room(self, first: int, last: int) -> float:
        return self._axis.at(self._end(last)) - self._axis.at(self._holding.cycles[first])


def _runs(held: tuple[int, ...]) -> list[tuple[int, int]]:
    """Stretches of changes, by their indices, in which a value is held."""
    runs: list[tuple[int, int]] = []
    for k, registers in enumerate(held):
        if registers and runs and runs[-1][1] == k - 1:
            runs[-1] = (runs[-1][0], k)
        elif registers:
            runs.append((k, k))
    return runs


def _stretches(
    held: tuple[int, ...], below: list[float], above: list[float]
) -> list[tuple[int, int, float, float]]:
    """Stretches of one size with a band high enough for a name: their ends, its top and bottom."""
    found = []
    for first in range(len(held)):
        top, bottom, last = above[first], below[first], first
        if bottom - top < _BAND:
            continue
        while last + 1 < len(held) and held[last + 1] == held[first]:
            if min(bottom, below[last + 1]) - max(top, above[last + 1]) < _BAND:
                break
            last += 1
            top, bottom = max(top, above[last]), min(bottom, below[last])
        found.append((first, last, top, bottom))
    return found
