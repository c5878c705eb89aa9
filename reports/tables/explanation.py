"""Why not faster: what forbids an II, what would lift it, limits one by one, faster units."""

from __future__ import annotations

from twill.explanation import COUNTS, SPEEDS, Core, Explanation, Interval, Remedy, Row, SpeedRow
from twill.problem import Problem
from twill.reports.numbers import numbers
from twill.reports.tables.model import Cell, Column, Table, Text, joined, nothing, text

LIMITS_TITLE = "Limits"
LIMITS_NOTE = "the II that each allows alone, and that the others allow without it"
SPEEDS_TITLE = "Faster units"
INCOMPLETE = "Not everything was answered in time; a longer --time-limit does."

_LIMITS = (
    Column("constraint", "constraint"),
    Column("alone", "alone", ">"),
    Column("without", "without", ">"),
    Column("numbers", "", wrap=True),
)
_CORE = (
    Column("needed", ""),
    Column("constraint", "constraint"),
    Column("numbers", "numbers", wrap=True),
    Column("remedy", "if it is lifted", wrap=True),
)


def core_title(core: Core) -> str:
    """The question that a core answers."""
    return f"Why not II {core.ii}"


def core_sentence(core: Core) -> Text:
    """What forbids an II, in a sentence; the constraints follow where there are any."""
    if core.answer == "feasible":
        return Text(f"II {core.ii} is possible: a schedule was found.")
    if core.answer == "unknown":
        words = f"Whether II {core.ii} is possible was not decided within the time limit."
        return Text(words, "warn")
    if not core.groups:
        words = f"II {core.ii} is impossible whatever is lifted: the circuits alone forbid it."
        return Text(words)
    if len(core.groups) == 1:
        return Text(f"One constraint alone forbids II {core.ii}:")
    words = f"These {len(core.groups)} constraints together forbid II {core.ii}"
    if core.doubtful:
        return Text(f"{words}; whether those marked ? are needed was not decided:")
    return Text(f"{words}; any of them left out, the rest allow it:")


def core_table(problem: Problem, found: Explanation) -> Table:
    """The constraints of the core, with what would lift each."""
    core = found.core
    if core is None or core.answer != "infeasible":
        return Table("core", _CORE, ())
    by_group = {remedy.group: remedy for remedy in found.remedies}
    rows = []
    for group in core.groups:
        doubtful = group in core.doubtful
        remedy = by_group.get(group)
        rows.append(
            (
                text("?" if doubtful else "●", "warn", not doubtful),
                text(group.title, "bold"),
                text(numbers(problem, group, core.ii)),
                _remedy(remedy, core.ii) if remedy else nothing(),
            )
        )
    return Table("core", _CORE, tuple(rows))


def _remedy(remedy: Remedy, ii: int) -> Cell:
    """What lifting does, without the arrow of a list."""
    said = remedy_sentence(remedy, ii)
    held = held_sentence(remedy)
    more = (Text(f"; {held}", "dim"),) if held else ()
    return joined((Text(said.text.removeprefix("→ lifted, "), said.mark), *more))


def remedy_sentence(remedy: Remedy, ii: int) -> Text:
    """Whether an II becomes possible without a constraint, and how much of a change will do."""
    match remedy.answer:
        case "feasible":
            words = f"lifted, II {ii} is possible" + (f": {remedy.amount}" if remedy.amount else "")
            return Text(f"→ {words}", "good")
        case "infeasible":
            others = ", ".join(group.title for group in remedy.also)
            words = f"→ lifted, II {ii} is still forbidden by {others or 'the rest'}"
            return Text(words, "dim")
    return Text(f"→ whether II {ii} is possible without it was not decided", "dim")


def held_sentence(remedy: Remedy) -> str:
    """What is alive at the peak of the schedule that a change allows; empty if not known."""
    if remedy.answer != "feasible" or not remedy.holds:
        return ""
    return f"registers alive at once on its fullest role: {', '.join(remedy.holds)}"


def limits_table(problem: Problem, found: Explanation) -> Table:
    """A row for each constraint group."""
    best = found.schedule
    if best is None:
        return Table("limits", _LIMITS, ())
    rows = tuple(_limit(problem, row, best.ii) for row in found.rows)
    return Table("limits", _LIMITS, rows, LIMITS_TITLE, LIMITS_NOTE)


def _limit(problem: Problem, row: Row, ii: int) -> tuple[Cell, ...]:
    without = row.without
    gains = without is not None and without.high is not None and without.high < ii
    mark = "bold good" if gains else ""
    alone = nothing() if row.group.kind in COUNTS else _interval(row.alone)
    return (
        text(row.group.title, mark),
        alone,
        _interval(row.without, mark),
        text(numbers(problem, row.group, ii), "dim"),
    )


def _interval(found: Interval | None, mark: str = "") -> Cell:
    exact = found.low if found is not None and found.exact else None
    return text(interval(found), mark, exact)


def interval(found: Interval | None) -> str:
    """An II, or what is known of it."""
    if found is None:
        return "-"
    if found.exact:
        return str(found.low)
    return f"{found.low}..{found.high}" if found.high is not None else f"≥ {found.low}"


def speeds_table(found: Explanation) -> Table:
    """The II with each unit faster."""
    heads = tuple(Column(f"x{float(s):g}", f"x{float(s):g}", ">") for s in SPEEDS)
    columns = (Column("unit", "unit"), *heads, Column("gain", ""))
    best = found.schedule
    if best is None:
        return Table("speeds", columns, ())
    note = f"the II with one unit so many times as fast; it is {best.ii} now"
    rows = tuple(_speed(row, best.ii) for row in found.speeds)
    return Table("speeds", columns, rows, SPEEDS_TITLE, note)


def _speed(row: SpeedRow, ii: int) -> tuple[Cell, ...]:
    cells = [
        _interval(at, "good" if at and at.high is not None and at.high < ii else "dim")
        for at in row.at
    ]
    last = row.at[-1]
    gain = ""
    if last is not None and last.exact and last.low < ii:
        gain = f"{ii / last.low:.2f} times the speed at x{float(SPEEDS[-1]):g}"
    elif all(at is not None and at.exact and at.low == ii for at in row.at):
        gain = "does not help"
    return (text(row.unit), *cells, text(gain, "dim"))
