"""What comes with Twill: loops, machines and experts' kernels by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twill.reports.terminal.layout import Column, table
from twill.reports.terminal.page import Line, Page, Span, render


@dataclass(frozen=True, slots=True)
class Entry:
    """A shipped file: the name that commands take, its title, and what to say besides."""

    name: str
    title: str
    remarks: tuple[str, ...] = ()


def catalogue(
    page: Page, specs: Sequence[Entry], machines: Sequence[Entry], experts: Sequence[Entry]
) -> str:
    """The list as text."""
    margin = max((len(entry.name) for entry in [*specs, *machines, *experts]), default=0)
    lines: list[Line] = [
        (Span("Loops", "heading"), Span("  twill solve LOOP --machine MACHINE", "dim")),
        *_entries(page, specs, margin),
        (),
        (Span("Machines", "heading"), Span("  twill show --machine MACHINE", "dim")),
        *_entries(page, machines, margin),
        (),
        (Span("Experts' kernels", "heading"), Span("  twill show EXPERT", "dim")),
        *_entries(page, experts, margin),
    ]
    return render(page, lines)


def _entries(page: Page, entries: Sequence[Entry], margin: int) -> list[Line]:
    more = max((len(entry.remarks) for entry in entries), default=0)
    columns = (Column(""), Column("", wrap=True), *(Column("") for _ in range(more)))
    return table(
        page,
        columns,
        [
            (Span(entry.name.ljust(margin), "name"), entry.title, *entry.remarks)
            for entry in entries
        ],
    )
