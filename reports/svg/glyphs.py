"""How wide text is, without a font at hand: upper estimates, so that what fits here fits there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

MONO = 0.61
"""Width of a character in the font of names, in its size; the widest common ones have 0.602."""

SANS = 0.6
"""Mean width of a character in the font of sentences; upper end of the common ones."""


def width(content: str, size: float, glyph: float = MONO) -> float:
    """Estimated width of a text in a font of ``size``."""
    return size * sum(_cell(character, glyph) for character in content)


def _cell(character: str, glyph: float) -> float:
    if unicodedata.combining(character):
        return 0
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else glyph


def clip(content: str, room: float, size: float, glyph: float = MONO) -> str:
    """The text, shortened with an ellipsis where it is wider than ``room``."""
    if width(content, size, glyph) <= room:
        return content
    while content and width(content + "…", size, glyph) > room:
        content = content[:-1]
    return content + "…" if content else ""


def fullest(labels: Iterable[str], room: float, size: float) -> str:
    """The first label that fits, "" if none does."""
    return next((label for label in labels if width(label, size) <= room), "")
