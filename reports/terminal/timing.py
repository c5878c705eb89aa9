"""What the event graph of a program says: live or not, how fast, what waits cost, what slack."""

from __future__ import annotations

from twill.lower.events import Timing
from twill.reports.tables.timing import HANGS, NOTE, TITLE, timing_facts, timing_tables
from twill.reports.terminal.layout import fields, paragraph, shown
from twill.reports.terminal.page import Page, heading, render


def timing_text(page: Page, timing: Timing) -> str:
    """The section as text."""
    lines = heading(page, TITLE, NOTE)
    if timing.live:
        lines += fields(page, timing_facts(timing))
    else:
        lines += paragraph(page, HANGS)
    for table in timing_tables(timing):
        lines += [(), *shown(page, table)]
    return render(page, lines)
