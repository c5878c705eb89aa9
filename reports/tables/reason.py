"""Why there is no schedule, or no proof: the details and the levers."""

from __future__ import annotations

from twill.reports.tables.model import Section, Text
from twill.schedule import Reason

LEVERS, LEVERS_TITLE = "what would help:", "What would help"


def reason_section(title: str, reason: Reason, summary: bool = False) -> Section:
    """The section; ``summary``: say the summary too, where no headline has said it."""
    said = [Text(reason.summary)] if summary else []
    said += [Text(f"• {detail}") for detail in reason.details]
    if reason.levers:
        if said:
            said.append(Text(LEVERS, "bold"))
        else:
            title = LEVERS_TITLE
        said += [Text(f"→ {lever}") for lever in reason.levers]
    return Section("reason", title, paragraphs=tuple(said))
