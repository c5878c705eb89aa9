"""Why not faster: what forbids an II, what would lift it, limits one by one, faster units."""

from __future__ import annotations

from twill.explanation import Core, Explanation, Remedy
from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.numbers import numbers
from twill.reports.tables.explanation import (
    INCOMPLETE,
    core_sentence,
    core_title,
    held_sentence,
    limits_table,
    remedy_sentence,
    speeds_table,
)
from twill.reports.terminal.headline import headline, model_lines
from twill.reports.terminal.layout import paragraph, shown
from twill.reports.terminal.page import Line, Page, Span, heading, render
from twill.solver.bounds import Bounds


def explanation_report(
    page: Page, problem: Problem, found: Explanation, bounds: Bounds, context: Context
) -> str:
    """The explanation as text, the same for the same arguments."""
    lines = headline(page, problem, found.outcome, bounds)
    lines += model_lines(page, problem, found.outcome, context)
    if found.core is not None:
        lines += _core(page, problem, found.core, found.remedies)
    for table in (limits_table(problem, found), speeds_table(found)):
        if table.rows:
            lines += heading(page, table.title, table.note) + shown(page, table)
    if not found.complete:
        lines += [(), *paragraph(page, INCOMPLETE, style="warn")]
    return render(page, lines)


def _core(page: Page, problem: Problem, core: Core, remedies: tuple[Remedy, ...]) -> list[Line]:
    said = core_sentence(core)
    lines = heading(page, core_title(core)) + paragraph(page, said.text, style=said.mark)
    if core.answer != "infeasible":
        return lines
    by_group = {remedy.group: remedy for remedy in remedies}
    for group in core.groups:
        mark = "?" if group in core.doubtful else "●"
        lines += [(), (Span(f"  {mark} ", "warn"), Span(page.plain(group.title), "bold"))]
        lines += paragraph(page, page.plain(numbers(problem, group, core.ii)), indent=6, hang=2)
        if group in by_group:
            lines += _remedy(page, by_group[group], core.ii)
    return lines


def _remedy(page: Page, remedy: Remedy, ii: int) -> list[Line]:
    said = remedy_sentence(remedy, ii)
    lines = paragraph(page, page.plain(said.text), indent=6, hang=2, style=said.mark)
    held = held_sentence(remedy)
    return lines + (paragraph(page, page.plain(held), indent=8, style="dim") if held else [])
