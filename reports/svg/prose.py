"""Sentences and legends below a picture, in lines that fit its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import fill
from twill.reports.svg.glyphs import MONO, SANS, clip, width

LINE = 16
_SIZE = 11


def paragraph(content: str, x: float, y: float, room: float) -> tuple[list[Markup], float]:
    """Lines of a text from baseline ``y`` on, and the baseline after the last one."""
    lines: list[str] = []
    for word in content.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, _SIZE, SANS) <= room:
            lines[-1] = longer
        else:
            lines.append(clip(word, room, _SIZE, SANS))
    drawn = [
        element("text", {"class": "s f", "x": x, "y": y + i * LINE}, line)
        for i, line in enumerate(lines)
    ]
    return drawn, y + len(lines) * LINE


def swatches(
    ident: str, entries: Sequence[tuple[int, str]], x: float, y: float
) -> tuple[list[Markup], float]:
    """A legend of fills in one line: a small box and what it stands for."""
    drawn: list[Markup] = []
    for style, words in entries:
        drawn.append(
            element(
                "rect",
                {
                    "class": f"e{style}",
                    "fill": fill(ident, style),
                    "x": x,
                    "y": y - 10,
                    "width": 20,
                    "height": 13,
                },
            )
        )
        drawn.append(element("text", {"class": "s", "x": x + 26, "y": y}, words))
        x += 26 + width(words, _SIZE, SANS) + 18
    return drawn, y + LINE


def table_of_symbols(
    entries: Iterable[tuple[str, str]], x: float, y: float, room: float
) -> tuple[list[Markup], float]:
    """Symbols and what they are short for, in as many lines as they take."""
    drawn: list[Markup] = []
    left = x
    for mark, name in entries:
        shown = clip(name, room - width(f"{mark}  ", _SIZE), _SIZE)
        taken = width(f"{mark} {shown}", _SIZE, MONO) + 16
        if left > x and left + taken > x + room:
            left, y = x, y + LINE
        bold = element("tspan", {"class": "b"}, mark)
        at: dict[str, Value] = {"class": "m s", "x": round(left, 1), "y": y}
        drawn.append(element("text", at, bold, f" {shown}"))
        left += taken
    return drawn, y + LINE if drawn else y
