"""Errors in what a user wrote: where, what, and the way out.

Everything that reads input collects all its :class:`Diagnostic` and raises them at once
as one :class:`InputError`; the command line renders them and exits with code 2.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from twill.text import visible

_WINDOW = 96
_LISTED_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file. Lines and columns count from 1; ``source`` is the text of that line."""

    file: str
    line: int
    column: int
    length: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong; ``help`` says what to do about it."""

    message: str
    span: Span | None = None
    help: str | None = None


class InputError(Exception):
    """Input that cannot be used. ``diagnostics`` holds everything found, in the order found."""

    exit_code = 2

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep every diagnostic; a single one may be passed as a list of one."""
        self.diagnostics = tuple(diagnostics)
        super().__init__(render(self.diagnostics))


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like ``name``, or None where none is close."""
    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(_fold(candidate), candidate)
    close = difflib.get_close_matches(_fold(name), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """Return the nearest candidate as a question, else the choices where they are few."""
    known = list(dict.fromkeys(candidates))
    close = nearest(name, known)
    if close is not None:
        return f"did you mean '{close}'?"
    if 0 < len(known) <= _LISTED_CHOICES:
        return f"known here: {', '.join(known)}"
    return None


def unknown(what: str, name: str, candidates: Iterable[str]) -> str:
    """Return the message for a name that does not exist, with the nearest that does."""
    hint = did_you_mean(name, candidates)
    message = f"unknown {what} '{name}'"
    return f"{message}; {hint}" if hint else message


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the diagnostics as terminal text: place, message, source line, caret, help."""
    return "\n".join(_render_one(diagnostic) for diagnostic in diagnostics)


def _fold(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")


def _render_one(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    place = f"{visible(span.file)}:{span.line}:{span.column}: " if span else ""
    lines = [f"{place}error: {visible(diagnostic.message)}"]
    if span and span.source.strip():
        lines += _excerpt(span)
    if diagnostic.help:
        lines.append(f"  help: {visible(diagnostic.help)}")
    return "\n".join(lines)


def _excerpt(span: Span) -> list[str]:
    """Return the source line, cut to a window around the place, and the caret below it."""
    source = "".join(c if c.isprintable() else " " for c in span.source.rstrip())
    column = span.column - 1
    first = 0 if len(source) <= _WINDOW else max(0, min(column - _WINDOW // 3, len(source)))
    shown = source[first : first + _WINDOW]
    if first == 0:
        stripped = len(shown) - len(shown.lstrip())
        first = min(stripped, column)
        shown = shown[first:]
    length = max(1, min(span.length, len(shown) - (column - first)))
    pad = " " * _width(shown[: column - first])
    mark = "^" * max(1, _width(shown[column - first : column - first + length]))
    return [f"    {shown}", f"    {pad}{mark}"]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
