"""What II each unit, recurrence, ring and role alone would allow."""

from __future__ import annotations

from twill.reports.tables.bounds import NO_BOUND, NOTE, TITLE, bounds_table, impossible
from twill.reports.terminal.layout import paragraph, shown
from twill.reports.terminal.page import Line, Page, Span, heading
from twill.solver.bounds import Bounds


def bounds_section(page: Page, bounds: Bounds, ii: int | None) -> list[Line]:
    """The section; ``ii``: the II of the schedule found, if there is one."""
    lines = heading(page, TITLE, NOTE)
    none = impossible(bounds)
    if none is not None:
        return [*lines, *paragraph(page, none.text, style=none.mark)]
    table = bounds_table(bounds, ii)
    if table is None:
        return [*lines, (Span(f"  {NO_BOUND}"),)]
    lines += shown(page, table)
    if table.note:
        lines.append((Span(f"  {table.note}", "dim"),))
    return lines
