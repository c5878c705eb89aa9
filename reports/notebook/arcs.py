"""What reads what, as arcs beside a list: needs no layout, and keeps the program's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import picture
from twill.reports.svg.glyphs import SANS, clip, width
from twill.text import visible

_ARCS = (
    "Arcs to the right: read in the same iteration; dashed, to the left: of the one before, or of "
    "as many before as it says."
)
_LINE, _TOP, _NAME, _SIZE = 22, 16, 12, 640
_LEFT, _DETAIL = 170, 300


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list: a name, and what is said of it."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The item at ``dst`` reads that at ``src``, of ``distance`` iterations ago."""

    src: int
    dst: int
    distance: int


def arcs_svg(ident: str, title: str, items: Sequence[Item], readings: Sequence[Reading]) -> str:
    """Readings of the same iteration to the right of the list, of earlier ones to the left."""
    height = _TOP + _LINE * len(items) + 10
    parts = [_name(number, item) for number, item in enumerate(items)]
    parts += [_arc(r, len(items)) for r in dict.fromkeys(readings)]
    told = ". ".join(f"{visible(item.name)}: {visible(item.detail)}" for item in items)
    described = f"{told}. {_ARCS}"
    return picture(ident, visible(title), described, (_SIZE, height), parts, standalone=True)


def _name(number: int, item: Item) -> Markup:
    base = _middle(number) + 4
    name = clip(visible(item.name), 120, _NAME)
    room = _DETAIL - width(name, _NAME) - 12
    detail = clip(visible(item.detail), room, 11, SANS)
    at = _LEFT + width(name, _NAME) + 10
    return element(
        "g",
        {},
        element("title", {}, f"{visible(item.name)}: {visible(item.detail)}"),
        element("text", {"class": "m b", "x": _LEFT, "y": base}, name),
        element("text", {"class": "s f", "x": round(at, 1), "y": base}, detail),
    )


def _arc(reading: Reading, count: int) -> Markup:
    """A bow from one line to another, wider the further apart they are."""
    begin, end = _middle(reading.src), _middle(reading.dst)
    apart = abs(reading.src - reading.dst) / max(1, count - 1)
    if reading.distance:
        x, bow, style = _LEFT - 6, -(24 + (_LEFT - 40) * apart), "back"
    else:
        x, bow, style = _LEFT + _DETAIL, 24 + (_SIZE - _LEFT - _DETAIL - 40) * apart, "edge"
    if begin == end:
        begin, end = begin - 5, end + 5
    path = f"M{x:g},{begin:g}C{x + bow:.1f},{begin:g} {x + bow:.1f},{end:g} {x:g},{end:g}"
    inwards = -5 if reading.distance == 0 else 5
    tip = f"M{x:g},{end:g}l{-inwards:g},-3v6z"
    return element(
        "g",
        {},
        element("path", {"class": style, "d": path}),
        element("path", {"class": "tip", "d": tip}),
        *_distance(reading, x + 0.75 * bow, (begin + end) / 2),
    )


def _distance(reading: Reading, x: float, y: float) -> list[Markup]:
    if reading.distance < 2:
        return []
    at: dict[str, Value] = {"class": "s f c h", "x": round(x, 1), "y": y + 4}
    return [element("text", at, f"-{reading.distance}")]


def _middle(number: int) -> float:
    return _TOP + _LINE * (number + 0.5)
