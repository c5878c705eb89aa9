"""Rings, streaming loads, hand-offs: what is stored between operations, and how deep."""

from __future__ import annotations

from twill.reports.tables.storage import TITLE, storage_tables
from twill.reports.terminal.layout import shown
from twill.reports.terminal.page import Line, Page, heading
from twill.reports.view import View


def storage_section(page: Page, view: View) -> list[Line]:
    """The section, without the parts that the problem does not have."""
    tables = storage_tables(view)
    if not tables:
        return []
    lines = heading(page, TITLE)
    for i, table in enumerate(tables):
        lines += [*([()] if i else []), *shown(page, table)]
    return lines
