"""Why there is no schedule, or no proof: the details and the levers."""

from __future__ import annotations

from twill.reports.tables.reason import LEVERS
from twill.reports.tables.reason import reason_section as words
from twill.reports.terminal.layout import paragraph
from twill.reports.terminal.page import Line, Page, heading
from twill.schedule import Reason


def reason_section(page: Page, title: str, reason: Reason, summary: bool = False) -> list[Line]:
    """The section; ``summary``: say the summary too, where no headline has said it."""
    section = words(title, reason, summary)
    lines: list[Line] = []
    for said in section.paragraphs:
        if said.text == LEVERS:
            lines.append(())
        listed = said.text[:1] in "•→"
        hang = 2 if listed else 0
        lines += paragraph(page, said.text, indent=2, hang=hang, style=said.mark)
    return [*heading(page, section.title), *lines] if lines else []
