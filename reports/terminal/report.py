"""The whole terminal report of an outcome."""

from __future__ import annotations

from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.terminal.bounds import bounds_section
from twill.reports.terminal.headline import headline, model_lines
from twill.reports.terminal.layout import paragraph
from twill.reports.terminal.objective import objective_section
from twill.reports.terminal.page import Line, Page, render
from twill.reports.terminal.reason import reason_section
from twill.reports.terminal.resources import resources_section
from twill.reports.terminal.roles import roles_section
from twill.reports.terminal.storage import storage_section
from twill.reports.terminal.timeline import timeline
from twill.reports.terminal.view import TerminalView
from twill.schedule import Feasible, Infeasible, Optimal, Outcome
from twill.solver.bounds import Bounds


def report(page: Page, problem: Problem, outcome: Outcome, bounds: Bounds, context: Context) -> str:
    """The report as text, the same for the same arguments.

    It holds no wall times but that of the earlier search where the outcome is cached.
    """
    lines = headline(page, problem, outcome, bounds)
    if context.interrupted:
        lines += paragraph(page, "Interrupted: this is what was known by then.", style="warn")
    if context.cached_s is not None:
        lines += paragraph(page, _from_cache(context.cached_s), style="dim")
    lines += model_lines(page, problem, outcome, context)
    match outcome:
        case Optimal(schedule):
            lines += schedule_sections(page, TerminalView(problem, schedule), bounds)
        case Feasible(schedule, reason):
            lines += reason_section(page, "Why it is not proved", reason, summary=True)
            lines += schedule_sections(page, TerminalView(problem, schedule), bounds)
        case Infeasible(reason):
            lines += reason_section(page, "Why", reason)
            lines += bounds_section(page, bounds, None)
        case _:
            lines += reason_section(page, "Why", outcome.reason)
            lines += bounds_section(page, bounds, None)
    return render(page, lines)


def _from_cache(seconds: float) -> str:
    return f"From the cache: found in {seconds:.1f} s before; --no-cache searches again."


def schedule_sections(page: Page, view: TerminalView, bounds: Bounds) -> list[Line]:
    """Everything about a schedule below its verdict."""
    return [
        *bounds_section(page, bounds, view.schedule.ii),
        *timeline(page, view),
        *roles_section(page, view),
        *storage_section(page, view),
        *resources_section(page, view),
        *objective_section(page, view.schedule),
    ]
