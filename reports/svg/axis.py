"""Cycles from left to right: the scale of a picture, its ruler, and steps over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from twill.reports.period import round_steps
from twill.reports.svg.element import Markup, element
from twill.reports.svg.glyphs import MONO, width

TICK = 11
"""Size of the numbers on a ruler."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Cycles ``begin`` to ``end`` between the positions ``left`` and ``right``."""

    begin: int
    end: int
    left: float
    right: float

    def at(self, cycle: float) -> float:
        """The position of a cycle."""
        share = (cycle - self.begin) / max(1, self.end - self.begin)
        return round(self.left + share * (self.right - self.left), 2)

    @property
    def ticks(self) -> Sequence[int]:
        """Cycles to number: round ones, far enough apart for their numbers, and the end."""
        span = max(1, self.end - self.begin)
        room = 2.2 * width(str(max(abs(self.begin), abs(self.end))), TICK, MONO) + 10
        per_cycle = (self.right - self.left) / span
        step = next((s for s in round_steps(span) if s * per_cycle >= room), span)
        first = -(-self.begin // step) * step
        inner = [t for t in range(first, self.end, step) if (self.end - t) * per_cycle >= room / 2]
        return [*inner, self.end]

    def ruler(self, y: float, bottom: float) -> list[Markup]:
        """Numbers at ``y`` and faint lines from there to ``bottom``."""
        lines = "".join(f"M{self.at(t):g},{y + 5:g}V{bottom:g}" for t in self.ticks)
        numbers = [element("text", {"x": self.at(t), "y": y}, str(t)) for t in self.ticks]
        return [
            element("path", {"class": "dash", "d": lines}),
            element("g", {"class": "m s f c"}, *numbers),
        ]


def steps(axis: Axis, levels: Sequence[tuple[int, float]], end: int) -> str:
    """The rest of a path that begins at the first level: from each level's cycle to the next."""
    path = ""
    for (_, level), (cycle, following) in pairwise(levels):
        if following != level:
            path += f"H{axis.at(cycle):g}V{following:g}"
    return f"{path}H{axis.at(end):g}"
