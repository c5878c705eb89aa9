"""What II each unit, recurrence, ring and role alone would allow."""

from __future__ import annotations

from collections.abc import Iterable

from twill.reports.bounds import bound_name, distinct_bounds
from twill.reports.terminal.layout import Cell, Column, bar, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, clip, heading
from twill.reports.words import percent
from twill.solver.bounds import Bound, Bounds

_SHOWN = 6
_DETAIL = 120
_COLUMNS = (
    Column("II", ">"),
    Column(""),
    Column("of the period"),
    Column("bound by", wrap=True),
    Column("arithmetic", wrap=True),
)


def bounds_section(page: Page, bounds: Bounds, ii: int | None) -> list[Line]:
    """The section; ``ii``: the II of the schedule found, if there is one."""
    lines = heading(page, "Bounds", "the II that each one alone would allow")
    if bounds.impossible:
        return [*lines, *paragraph(page, f"no II at all: {bounds.impossible}", style="bad")]
    rows: list[tuple[Cell, ...]] = []
    hidden = 0
    for kind in ("resource", "recurrence", "buffer", "role"):
        terms = distinct_bounds([term for term in bounds.terms if term.kind == kind])
        shown = terms if kind == "resource" else terms[:_SHOWN]
        hidden += len(terms) - len(shown)
        rows += [_row(page, term, like, ii or bounds.ii or 1) for term, like in shown]
    if not rows:
        return [*lines, (Span("  nothing bounds it: no unit is reserved, no circuit takes time"),)]
    rows.sort(key=lambda row: -_ii(row))
    lines += table(page, _COLUMNS, rows)
    if hidden:
        lines.append((Span(f"  and {hidden} more that bind less", "dim"),))
    return lines


def _row(page: Page, term: Bound, like: int, ii: int) -> tuple[Cell, ...]:
    style = "bold" if term.binding else ""
    mark = Span("●" if term.binding else "", "warn")
    share = f"{bar(term.ii, ii, page.width // 10)} {percent(term.ii, ii):>4}"
    return (
        Span(str(term.ii), style),
        mark,
        Span(share, "warn" if term.binding else "dim"),
        Span(bound_name(term) + (f" and {like} like it" if like else ""), style),
        Span(term.detail if term.binding else clip(term.detail, _DETAIL)),
    )


def _ii(row: Iterable[Cell]) -> int:
    first = next(iter(row))
    return int(first.text) if isinstance(first, Span) else 0
