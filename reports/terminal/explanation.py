"""Why not faster: what forbids an II, what would lift it, limits one by one, faster units."""

from __future__ import annotations

from twill.explanation import COUNTS, SPEEDS, Core, Explanation, Interval, Remedy, Row, SpeedRow
from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.numbers import numbers
from twill.reports.terminal.headline import headline, model_lines
from twill.reports.terminal.layout import Cell, Column, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render
from twill.solver.bounds import Bounds

_LIMITS = (
    Column("constraint"),
    Column("alone", ">"),
    Column("without", ">"),
    Column("", wrap=True),
)


def explanation_report(
    page: Page, problem: Problem, found: Explanation, bounds: Bounds, context: Context
) -> str:
    """The explanation as text, the same for the same arguments."""
    lines = headline(page, problem, found.outcome, bounds)
    lines += model_lines(page, problem, found.outcome, context)
    if found.core is not None:
        lines += _core(page, problem, found.core, found.remedies)
    if found.rows:
        lines += _limits(page, problem, found)
    if found.speeds:
        lines += _speeds(page, found)
    if not found.complete:
        text = "Not everything was answered in time; a longer --time-limit does."
        lines += [(), *paragraph(page, text, style="warn")]
    return render(page, lines)


def _core(page: Page, problem: Problem, core: Core, remedies: tuple[Remedy, ...]) -> list[Line]:
    lines = heading(page, f"Why not II {core.ii}")
    if core.answer == "feasible":
        return [*lines, *paragraph(page, f"II {core.ii} is possible: a schedule was found.")]
    if core.answer == "unknown":
        text = f"Whether II {core.ii} is possible was not decided within the time limit."
        return [*lines, *paragraph(page, text, style="warn")]
    lines += paragraph(page, _together(core))
    by_group = {remedy.group: remedy for remedy in remedies}
    for group in core.groups:
        mark = "?" if group in core.doubtful else "●"
        lines += [(), (Span(f"  {mark} ", "warn"), Span(page.plain(group.title), "bold"))]
        lines += paragraph(page, page.plain(numbers(problem, group, core.ii)), indent=6, hang=2)
        if group in by_group:
            lines += _remedy(page, by_group[group], core.ii)
    return lines


def _together(core: Core) -> str:
    if not core.groups:
        return f"II {core.ii} is impossible whatever is lifted: the circuits alone forbid it."
    if len(core.groups) == 1:
        return f"One constraint alone forbids II {core.ii}:"
    text = f"These {len(core.groups)} constraints together forbid II {core.ii}"
    if core.doubtful:
        return f"{text}; whether those marked ? are needed was not decided:"
    return f"{text}; any of them left out, the rest allow it:"


def _remedy(page: Page, remedy: Remedy, ii: int) -> list[Line]:
    match remedy.answer:
        case "feasible":
            text = f"lifted, II {ii} is possible" + (f": {remedy.amount}" if remedy.amount else "")
            lines = paragraph(page, f"→ {text}", indent=6, hang=2, style="good")
            if remedy.holds:
                held = f"registers alive at once on its fullest role: {', '.join(remedy.holds)}"
                lines += paragraph(page, page.plain(held), indent=8, style="dim")
            return lines
        case "infeasible":
            others = ", ".join(page.plain(group.title) for group in remedy.also)
            text = f"→ lifted, II {ii} is still forbidden by {others or 'the rest'}"
            return paragraph(page, text, indent=6, hang=2, style="dim")
    text = f"→ whether II {ii} is possible without it was not decided"
    return paragraph(page, text, indent=6, hang=2, style="dim")


def _limits(page: Page, problem: Problem, found: Explanation) -> list[Line]:
    best = found.schedule
    assert best is not None
    lines = heading(
        page, "Limits", "the II that each allows alone, and that the others allow without it"
    )
    rows = [_limit(problem, row, best.ii) for row in found.rows]
    return lines + table(page, _LIMITS, rows)


def _limit(problem: Problem, row: Row, ii: int) -> tuple[Cell, ...]:
    without = row.without
    gains = without is not None and without.high is not None and without.high < ii
    style = "bold good" if gains else ""
    alone = "" if row.group.kind in COUNTS else interval(row.alone)
    return (
        Span(row.group.title, style),
        Span(alone),
        Span(interval(row.without), style),
        Span(numbers(problem, row.group, ii), "dim"),
    )


def interval(found: Interval | None) -> str:
    """An II, or what is known of it."""
    if found is None:
        return "-"
    if found.exact:
        return str(found.low)
    return f"{found.low}..{found.high}" if found.high is not None else f"≥ {found.low}"


def _speeds(page: Page, found: Explanation) -> list[Line]:
    best = found.schedule
    assert best is not None
    note = f"the II with one unit so many times as fast; it is {best.ii} now"
    heads = tuple(Column(f"x{float(speed):g}", ">") for speed in SPEEDS)
    rows = [_speed(row, best.ii) for row in found.speeds]
    lines = heading(page, "Faster units", note)
    return lines + table(page, (Column("unit"), *heads, Column("")), rows)


def _speed(row: SpeedRow, ii: int) -> tuple[Cell, ...]:
    cells = [
        Span(interval(at), "good" if at and at.high is not None and at.high < ii else "dim")
        for at in row.at
    ]
    last = row.at[-1]
    gain = ""
    if last is not None and last.exact and last.low < ii:
        gain = f"{ii / last.low:.2f} times the speed at x{float(SPEEDS[-1]):g}"
    elif all(at is not None and at.exact and at.low == ii for at in row.at):
        gain = "does not help"
    return (Span(row.unit), *cells, Span(gain, "dim"))
