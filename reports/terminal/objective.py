"""The levels of the objective: value, bound, and whether the value is proved smallest."""

from __future__ import annotations

from twill.reports.terminal.layout import Cell, Column, table
from twill.reports.terminal.page import Line, Page, Span, heading
from twill.reports.words import number
from twill.schedule import Level, Schedule

_COLUMNS = (
    Column("", ">"),
    Column("level"),
    Column("value", ">"),
    Column("bound", ">"),
    Column("unit"),
    Column("", wrap=True),
)


def objective_section(page: Page, schedule: Schedule) -> list[Line]:
    """The section; each level is minimised with the ones before it held."""
    if not schedule.objective:
        return []
    note = "each level is minimised with the ones before it held"
    rows = [_row(i, level) for i, level in enumerate(schedule.objective, 1)]
    return [*heading(page, "Objective", note), *table(page, _COLUMNS, rows)]


def _row(rank: int, level: Level) -> tuple[Cell, ...]:
    bound = "-" if level.lower_bound is None else number(level.lower_bound)
    return (
        str(rank),
        Span(level.name.replace("_", " "), "name"),
        number(level.value),
        bound,
        level.unit,
        _state(level),
    )


def _state(level: Level) -> Span:
    if level.lower_bound is None:
        return Span("not reached before the limit", "warn")
    if not level.proved:
        above = number(level.value - level.lower_bound)
        return Span(f"not proved, at most {above} above the smallest", "warn")
    if level.lower_bound < level.value:
        return Span(f"proved to {100 * level.tolerance:g} %", "good")
    return Span("proved", "good")
