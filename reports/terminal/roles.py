"""The roles: their warps and registers, and their ops in issue order."""

from __future__ import annotations

from twill.reports.tables.model import Table
from twill.reports.tables.roles import (
    NOTE,
    PLAIN_NOTE,
    PLAIN_TITLE,
    STREAMING,
    TITLE,
    role_tables,
    streams,
)
from twill.reports.terminal.layout import paragraph, shown
from twill.reports.terminal.page import Line, Page, Span, fit, heading
from twill.reports.view import View


def roles_section(page: Page, view: View) -> list[Line]:
    """One table per role; a problem without roles has one table of all ops."""
    if not view.schedule.roles:
        lines = heading(page, PLAIN_TITLE, PLAIN_NOTE)
        return lines + shown(page, role_tables(view)[0], indent=4)
    lines = heading(page, TITLE, NOTE)
    for table in role_tables(view):
        lines += [_title(page, table), *shown(page, table, indent=4), ()]
    if streams(view):
        return lines + paragraph(page, STREAMING, style="dim")
    return lines[:-1]


def _title(page: Page, table: Table) -> Line:
    name = Span(page.plain(table.title), "bold name")
    return fit((Span("  "), name, Span(f"  {table.note}")), page.width)
