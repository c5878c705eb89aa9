"""The page a terminal report is set on: its width, colours and character set.

Sections build lines of spans with one column per character; a `Page` turns them into
text. Nothing here asks the terminal: the command line does, so that reports are pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MIN_WIDTH, MAX_WIDTH, DEFAULT_WIDTH = 80, 120, 100

_ESCAPES = {
    "bold": "1",
    "dim": "2",
    "good": "32",
    "warn": "33",
    "bad": "31",
    "name": "36",
    "heading": "1;34",
}
# Pale backgrounds of the 256-colour cube, neighbours far apart in hue; the text is black.
_PALETTE = (117, 216, 150, 222, 183, 116, 210, 187, 147, 151, 224, 180, 110, 174, 114, 179)

# One column each, so that a page laid out in Unicode keeps its shape in ASCII.
_ASCII = str.maketrans(
    {
        "─": "-", "━": "=", "│": "|", "├": "[", "┤": "]", "┬": "+", "┼": "+", "╎": "|", "┆": "|",
        "█": "#", "▓": "#", "▒": "=", "░": ".", "·": ".", "…": "~", "→": ">", "←": "<",
        "‹": "<", "›": ">", "×": "x", "−": "-", "–": "-", "—": "-", "’": "'", "≤": "<=",
        "≥": ">=", "⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")", "∞": "inf", "Σ": "sum",
        "µ": "u", "μ": "u", "✓": "+", "✗": "x", "●": "*", "∑": "sum",
        "≈": "~", "✔": "+", "▏": "|", "•": "*",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one style: a style name, ``fill<n>``, or nothing."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """``width`` in columns; ``color``: SGR escapes may be written; ``unicode``: or ASCII only."""

    width: int = DEFAULT_WIDTH
    color: bool = False
    unicode: bool = True

    def plain(self, text: str) -> str:
        """``text`` without control characters, in the characters that this page can show."""
        visible = "".join(_visible(char) for char in text)
        return visible if self.unicode else to_ascii(visible)

    def paint(self, line: Iterable[Span]) -> str:
        """One line of text, trailing blanks removed."""
        spans = _strip(tuple(line))
        return "".join(self._paint(span) for span in spans)

    def _paint(self, span: Span) -> str:
        text = self.plain(span.text)
        if not (self.color and span.style and text):
            return text
        return f"\x1b[{_escape(span.style)}m{text}\x1b[0m"


def to_ascii(text: str) -> str:
    """``text`` in ASCII: drawing characters by their likenesses, others by ``?``."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def palette_style(index: int) -> str:
    """The style of the ``index``-th operation's boxes."""
    return f"fill{index % len(_PALETTE)}"


def render(page: Page, lines: Iterable[Line]) -> str:
    """The lines as text that ends with a newline."""
    return "".join(page.paint(line) + "\n" for line in lines)


def line(*parts: str | Span) -> Line:
    """A line of plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def length(spans: Iterable[Span]) -> int:
    """The columns that spans take."""
    return sum(len(span.text) for span in spans)


def heading(page: Page, title: str, note: str = "") -> list[Line]:
    """A blank line and the title of a section, with a rule to the right margin."""
    title = page.plain(title)
    note = clip(page.plain(note), page.width - len(title) - 9)
    used = 4 + len(title) + (len(note) + 2 if note else 0)
    rule = "─" * max(2, page.width - used - 1)
    middle: tuple[Span, ...] = (Span(f"  {note}", "dim"),) if note else ()
    return [(), (Span("── ", "dim"), Span(title, "heading"), *middle, Span(f" {rule}", "dim"))]


def clip(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns; what is cut off becomes one ``…``."""
    if len(text) <= width:
        return text
    return text[: width - 1] + "…" if width > 1 else text[:width]


def fit(spans: Sequence[Span], width: int) -> Line:
    """Spans cut to ``width`` columns."""
    out: list[Span] = []
    for span in spans:
        room = width - length(out)
        if len(span.text) > room:
            out.append(Span(clip(span.text, room), span.style))
            break
        out.append(span)
    return tuple(out)


def _visible(char: str) -> str:
    if char.isprintable() and unicodedata.combining(char) == 0:
        return char if unicodedata.east_asian_width(char) not in "WF" else "?"
    return " " if char in "\t\n\r" else "?"


def _strip(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    while spans:
        last = spans[-1]
        text = last.text if last.style.startswith("fill") else last.text.rstrip()
        if text:
            return (*spans[:-1], Span(text, last.style))
        spans = spans[:-1]
    return spans


def _escape(style: str) -> str:
    if style.startswith("fill"):
        return f"38;5;16;48;5;{_PALETTE[int(style[4:])]}"
    return ";".join(_ESCAPES[name] for name in style.split())
