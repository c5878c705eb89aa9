"""A schedule with its problem: everything about one period."""

from __future__ import annotations

from twill.reports.content import Content
from twill.reports.notebook.markup import cell, drawn, ident, line, note
from twill.reports.notebook.problem import problem_svg
from twill.reports.notebook.schedule import headline, operations
from twill.reports.svg import period_svg
from twill.reports.verdict import facts, proof_sentence, verdict
from twill.reports.view import View


def view_html(view: View) -> str:
    """The period of units and roles, then the operations by role."""
    return cell(headline(view.schedule), drawn(view_svg(view)), operations(view.schedule))


def view_svg(view: View) -> str:
    """One steady-state period."""
    return period_svg(view, ident=ident(view.problem, view.schedule), standalone=True)


def content_html(content: Content) -> str:
    """The verdict and why nothing is faster, then the period; the problem if there is none."""
    found, _ = verdict(content.outcome)
    parts = [
        line(content.problem.name, f": {found}"),
        note(proof_sentence(content.outcome, content.bounds)),
    ]
    told = facts(content.problem, content.outcome, content.context)
    parts += [note(f"{name}: {said}") for name, said in told]
    if content.view is None:
        return cell(*parts, drawn(problem_svg(content.problem)))
    return cell(*parts, drawn(view_svg(content.view)), operations(content.view.schedule))


def content_svg(content: Content) -> str:
    """The period, or the dependence graph where there is no schedule."""
    return view_svg(content.view) if content.view is not None else problem_svg(content.problem)
