"""Memory, registers, threads and barriers: used, of what there is."""

from __future__ import annotations

from twill.reports.tables.model import Table
from twill.reports.tables.resources import COLUMNS, TITLE, barriers, memory_table, register_table
from twill.reports.terminal.layout import paragraph, shown
from twill.reports.terminal.page import Line, Page, heading
from twill.reports.view import View


def resources_section(page: Page, view: View) -> list[Line]:
    """The section; empty for a problem without memories and roles."""
    rows = memory_table(view).rows + register_table(view).rows
    lines = shown(page, Table("resources", COLUMNS, rows))
    synchronisation = barriers(view)
    if synchronisation:
        lines += paragraph(page, synchronisation)
    return [*heading(page, TITLE), *lines] if lines else []
