"""The terminal report with everything that a report may say: timing, limits, assumptions."""

from __future__ import annotations

from twill.reports.content import Content
from twill.reports.tables.model import Section
from twill.reports.tables.sections import sections
from twill.reports.terminal.layout import paragraph, shown
from twill.reports.terminal.page import Line, Page, Span, heading, render
from twill.reports.terminal.report import report

_FURTHER = ("circuit", "timing", "sensitivity", "experts", "loop", "assumptions")
"""Sections that ``solve`` leaves out."""


def full_report(page: Page, content: Content) -> str:
    """The report of ``solve``, then what a page says besides."""
    text = report(page, content.problem, content.outcome, content.bounds, content.context)
    lines: list[Line] = []
    for section in sections(content):
        if section.id in _FURTHER:
            lines += _section(page, section)
    return text + render(page, lines)


def _section(page: Page, section: Section) -> list[Line]:
    lines = heading(page, section.title, section.note)
    for said in section.paragraphs:
        lines += paragraph(page, said.text, style=said.mark)
    for i, table in enumerate(section.tables):
        if i or section.paragraphs:
            lines.append(())
        if table.title:
            lines.append((Span(f"  {page.plain(table.title)}", "bold"),))
            lines += paragraph(page, table.note, style="dim")
        lines += shown(page, table)
    return lines
