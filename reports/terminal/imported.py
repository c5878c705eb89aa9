"""The account of an import: what a problem has from a foreign graph, and what it has not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twill.diagnostics import Diagnostic
from twill.importers.account import Account, Note
from twill.reports.terminal.layout import Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render

_TOTALS = (
    Column(""),
    Column("file", ">"),
    Column("here", ">"),
    Column("", wrap=True),
)
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Total:
    """A lower bound as the file states it and as it is computed; ``reason`` where they differ."""

    name: str
    stated: int
    computed: int
    reason: str


def import_report(
    page: Page, name: str, account: Account, totals: Sequence[Total], written: str | None
) -> str:
    """The account as text; ``written`` is where the problem went, None for nowhere."""
    origin = f"  {account.schema}, loop {account.loop}, reading {account.reading}"
    lines: list[Line] = [(Span(page.plain(name), "bold"), Span(origin))]
    lines += [*heading(page, "Taken over"), *_plain(page, account.taken)]
    lines += _notes(
        page, "Assumed", "what the file does not say, and why it is taken so", account.assumed
    )
    lines += _notes(page, "Left out", "understood, and no part of the problem", account.left_out)
    lines += _unknown(page, account.not_understood)
    lines += _totals(page, totals)
    target = written or "problem.json"
    done = "the problem is in" if written else "write the problem with -o"
    lines += [(), *paragraph(page, f"{done} {target}; then: twill solve {target}", style="dim")]
    return render(page, lines)


def _plain(page: Page, notes: Iterable[Note]) -> list[Line]:
    return fields(page, [(note.what, note.text) for note in notes])


def _notes(page: Page, title: str, subtitle: str, notes: Sequence[Note]) -> list[Line]:
    if not notes:
        return []
    lines = heading(page, title, subtitle)
    for note in notes:
        lines += paragraph(page, f"{note.what}: {note.text}", hang=2)
        lines += paragraph(page, note.reason, indent=6, style="dim")
        if note.ops:
            shown = ", ".join(note.ops[:_NAMED])
            more = f", and {len(note.ops) - _NAMED} more" if len(note.ops) > _NAMED else ""
            lines += paragraph(page, shown + more, indent=6, style="name")
    return lines


def _unknown(page: Page, found: Sequence[Diagnostic]) -> list[Line]:
    if not found:
        return [*heading(page, "Not understood"), *paragraph(page, "nothing")]
    lines = heading(page, "Not understood", "harmless: no part of the problem depends on it")
    for diagnostic in found:
        span = diagnostic.span
        place = f"{span.file}:{span.line}:{span.column}: " if span else ""
        lines += paragraph(page, f"{place}warning: {diagnostic.message}", hang=2, style="warn")
    return lines


def _totals(page: Page, totals: Sequence[Total]) -> list[Line]:
    if not totals:
        return []
    rows = [
        (Span(t.name, "name"), str(t.stated), str(t.computed), t.reason or "agree") for t in totals
    ]
    lines = heading(page, "Lower bounds", "as the file states them, and as computed here")
    return [*lines, *table(page, _TOTALS, rows)]
