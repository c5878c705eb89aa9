"""The levels of the objective: value, bound, and whether the value is proved smallest."""

from __future__ import annotations

from twill.reports.tables.model import Cell, Column, Table, count, nothing, text
from twill.reports.words import number
from twill.schedule import Level, Schedule

TITLE, NOTE = "Objective", "each level is minimised with the ones before it held"

_COLUMNS = (
    Column("rank", "", ">"),
    Column("level", "level"),
    Column("value", "value", ">"),
    Column("bound", "bound", ">"),
    Column("unit", "unit"),
    Column("state", "", wrap=True),
)


def objective_table(schedule: Schedule) -> Table:
    """A row for each level, most important first."""
    rows = tuple(_row(i, level) for i, level in enumerate(schedule.objective, 1))
    return Table("levels", _COLUMNS, rows)


def _row(rank: int, level: Level) -> tuple[Cell, ...]:
    low = level.lower_bound
    return (
        count(rank),
        text(level.name.replace("_", " "), "name", level.name),
        count(level.value, number(level.value)),
        nothing("-") if low is None else count(low, number(low)),
        text(level.unit),
        _state(level),
    )


def _state(level: Level) -> Cell:
    if level.lower_bound is None:
        return text("not reached before the limit", "warn")
    if not level.proved:
        above = number(level.value - level.lower_bound)
        return text(f"not proved, at most {above} above the smallest", "warn")
    if level.lower_bound < level.value:
        return text(f"proved to {100 * level.tolerance:g} %", "good")
    return text("proved", "good")
