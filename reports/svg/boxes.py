"""Boxes on an axis: operations in lanes, with the fullest label that fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twill.reports.svg.axis import Axis
from twill.reports.svg.element import Markup, Value, element, text
from twill.reports.svg.frame import STYLES, fill
from twill.reports.svg.glyphs import fullest, width

LANE, BOX = 24, 20
"""Heights of a lane and of a box in it."""

NAME = 11.5
"""Size of the names in boxes."""

_PAD, _BEYOND = 3, 4


@dataclass(frozen=True, slots=True)
class Box:
    """An operation's use of a row, in cycles of the axis.

    ``labels``, the fullest first, go inside; where none fits, ``aside`` may stand next to it.
    ``feet``: cycles that are underlined, such as waits.
    """

    op: str
    begin: int
    end: int
    iteration: int
    labels: tuple[str, ...]
    aside: tuple[str, ...]
    hover: str
    opened: bool = True
    closed: bool = True
    feet: tuple[tuple[int, int], ...] = ()

    @property
    def style(self) -> int:
        """The fill of its iteration."""
        return self.iteration % STYLES


def lanes(boxes: Iterable[Box]) -> list[list[Box]]:
    """Boxes in as few lanes as first fit gives, none over another."""
    found: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: (b.begin, b.begin - b.end, b.op, not b.opened)):
        lane = next((lane for lane in found if lane[-1].end <= box.begin), None)
        if lane is None:
            found.append([box])
        else:
            lane.append(box)
    return found or [[]]


@dataclass
class Drawn:
    """Boxes and labels drawn so far: by iteration, so that a style is said once."""

    ident: str
    axis: Axis

    def __post_init__(self) -> None:
        self._boxes: dict[int, list[Markup]] = defaultdict(list)
        self._labels: list[Markup] = []
        self._aside: list[Markup] = []
        self.marks: set[str] = set()

    @property
    def styles(self) -> set[int]:
        """The fills in use."""
        return {iteration % STYLES for iteration in self._boxes}

    def lane(self, boxes: Sequence[Box], y: float) -> None:
        """Draw a lane whose top is at ``y``."""
        left = self.axis.left
        for i, box in enumerate(boxes):
            right = self.axis.at(boxes[i + 1].begin) if i + 1 < len(boxes) else self.axis.right
            self._box(box, y)
            left = max(self.axis.at(box.end), self._label(box, y, left, right))

    def _box(self, box: Box, y: float) -> None:
        begin = self.axis.at(box.begin) - (0 if box.opened else _BEYOND)
        end = self.axis.at(box.end) + (0 if box.closed else _BEYOND)
        attributes: dict[str, Value] = {
            "x": begin,
            "y": y + (LANE - BOX) / 2,
            "width": round(end - begin, 2),
            "height": BOX,
        }
        hover = element("title", {}, box.hover)
        self._boxes[box.iteration].append(element("rect", attributes, hover))
        foot = y + (LANE + BOX) / 2 - 1.5
        line = "".join(f"M{self.axis.at(a):g},{foot:g}H{self.axis.at(b):g}" for a, b in box.feet)
        if line:
            self._boxes[box.iteration].append(element("path", {"class": "foot", "d": line}))

    def _label(self, box: Box, y: float, left: float, right: float) -> float:
        """Put a label in a box, or else beside it; where the label ends."""
        begin, end = self.axis.at(box.begin), self.axis.at(box.end)
        base = y + LANE / 2 + 4
        inside = fullest(box.labels, end - begin - 2 * _PAD, NAME)
        if inside:
            self._write(self._labels, inside, (begin + end) / 2, base)
            return end
        beside = fullest(box.aside, right - end - 2 * _PAD, NAME)
        if beside:
            taken = width(beside, NAME)
            self._write(self._aside, beside, end + _PAD + taken / 2, base)
            return end + _PAD + taken
        before = fullest(box.aside, begin - left - 2 * _PAD, NAME)
        if before:
            self._write(self._aside, before, begin - _PAD - width(before, NAME) / 2, base)
        return end

    def _write(self, into: list[Markup], label: str, x: float, y: float) -> None:
        self.marks.add(label)
        into.append(element("text", {"x": round(x, 1), "y": y}, text(label)))

    def parts(self, top: float, bottom: float) -> list[Markup]:
        """All that was drawn; boxes that cross the axis's ends are cut off there."""
        clip = f"{self.ident}-clip"
        area: dict[str, Value] = {
            "x": self.axis.left - 1,
            "y": top,
            "width": self.axis.right - self.axis.left + 2,
            "height": bottom - top,
        }
        groups = [self._group(style) for style in sorted(self.styles)]
        return [
            element("clipPath", {"id": clip}, element("rect", area)),
            element("g", {"clip-path": f"url(#{clip})"}, *groups),
            element("g", {"class": "m n c t"}, *self._labels),
            element("g", {"class": "m n c t f"}, *self._aside),
        ]

    def _group(self, style: int) -> Markup:
        of_style = [i for i in sorted(self._boxes) if i % STYLES == style]
        attributes: dict[str, Value] = {"class": f"e{style}", "fill": fill(self.ident, style)}
        return element("g", attributes, *(box for i in of_style for box in self._boxes[i]))
