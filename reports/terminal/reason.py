"""Why there is no schedule, or no proof: the details and the levers."""

from __future__ import annotations

from twill.reports.terminal.layout import paragraph
from twill.reports.terminal.page import Line, Page, heading
from twill.schedule import Reason


def reason_section(page: Page, title: str, reason: Reason, summary: bool = False) -> list[Line]:
    """The section; ``summary``: say the summary too, where no headline has said it."""
    lines: list[Line] = []
    if summary:
        lines += paragraph(page, reason.summary)
    for detail in reason.details:
        lines += paragraph(page, f"• {detail}", indent=2, hang=2)
    if reason.levers:
        if lines:
            lines += [(), *paragraph(page, "what would help:", style="bold")]
        else:
            title = "What would help"
        for lever in reason.levers:
            lines += paragraph(page, f"→ {lever}", indent=2, hang=2)
    return [*heading(page, title), *lines] if lines else []
