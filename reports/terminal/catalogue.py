"""What comes with Twill: loops and machines by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twill.reports.terminal.layout import Column, table
from twill.reports.terminal.page import Line, Page, Span, render


@dataclass(frozen=True, slots=True)
class Entry:
    """A shipped file: the name that commands take, and its title."""

    name: str
    title: str


def catalogue(page: Page, specs: Sequence[Entry], machines: Sequence[Entry]) -> str:
    """The list as text."""
    margin = max((len(entry.name) for entry in [*specs, *machines]), default=0)
    lines: list[Line] = [
        (Span("Loops", "heading"), Span("  twill solve LOOP --machine MACHINE", "dim")),
        *_entries(page, specs, margin),
        (),
        (Span("Machines", "heading"), Span("  twill show --machine MACHINE", "dim")),
        *_entries(page, machines, margin),
    ]
    return render(page, lines)


def _entries(page: Page, entries: Sequence[Entry], margin: int) -> list[Line]:
    columns = (Column(""), Column("", wrap=True))
    return table(
        page,
        columns,
        [(Span(entry.name.ljust(margin), "name"), entry.title) for entry in entries],
    )
