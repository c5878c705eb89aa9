"""The first lines of a report: the II, how it is proved, and what it means in speed."""

from __future__ import annotations

from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.terminal.layout import fields, paragraph
from twill.reports.terminal.page import Line, Page, Span, clip
from twill.reports.verdict import facts, proof_sentence, verdict
from twill.schedule import Outcome
from twill.solver.bounds import Bounds

_STYLES = {
    "optimal": "bold good",
    "feasible": "bold warn",
    "infeasible": "bold bad",
    "unknown": "bold warn",
}


def headline(page: Page, problem: Problem, outcome: Outcome, bounds: Bounds) -> list[Line]:
    """The verdict in a line and its proof in a sentence."""
    said, status = verdict(outcome)
    name = clip(page.plain(problem.name), page.width - len(said) - 4)
    lines: list[Line] = [(Span(name, "bold"), Span("  "), Span(said, _STYLES[status]))]
    return [*lines, *paragraph(page, proof_sentence(outcome, bounds))]


def model_lines(page: Page, problem: Problem, outcome: Outcome, context: Context) -> list[Line]:
    """The numbers under the verdict."""
    return [(), *fields(page, facts(problem, outcome, context))]
