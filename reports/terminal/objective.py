"""The levels of the objective: value, bound, and whether the value is proved smallest."""

from __future__ import annotations

from twill.reports.tables.objective import NOTE, TITLE, objective_table
from twill.reports.terminal.layout import shown
from twill.reports.terminal.page import Line, Page, heading
from twill.schedule import Schedule


def objective_section(page: Page, schedule: Schedule) -> list[Line]:
    """The section; each level is minimised with the ones before it held."""
    lines = shown(page, objective_table(schedule))
    return [*heading(page, TITLE, NOTE), *lines] if lines else []
