"""What a verification found, constraint by constraint."""

from __future__ import annotations

from collections.abc import Sequence

from twill.problem import Problem
from twill.reports.terminal.layout import paragraph
from twill.reports.terminal.page import Line, Page, Span, clip, render
from twill.schedule import Schedule
from twill.verify import CHECKS, Violation

_WIDTH = 18


def verification(
    page: Page, problem: Problem, schedule: Schedule, violations: Sequence[Violation]
) -> str:
    """The verdict, then every constraint with what violates it."""
    return render(
        page, [_verdict(page, problem, schedule, violations), (), *_all(page, violations)]
    )


def _verdict(
    page: Page, problem: Problem, schedule: Schedule, violations: Sequence[Violation]
) -> Line:
    name = clip(page.plain(problem.name), page.width - 40)
    if not violations:
        claim = f"a schedule of it, II {schedule.ii}, {schedule.stages} stages"
        return (Span(name, "bold"), Span("  verified: ", "bold good"), Span(claim))
    count = f"{len(violations)} violation{'s' if len(violations) != 1 else ''}"
    return (Span(name, "bold"), Span(f"  not verified: {count}", "bold bad"))


def _all(page: Page, violations: Sequence[Violation]) -> list[Line]:
    """A line per constraint; a malformed schedule has only what is malformed about it."""
    checked = [check.__name__.removeprefix("check_").upper().replace("_", "-") for check in CHECKS]
    named = dict.fromkeys([*checked, *(violation.constraint for violation in violations)])
    if any(violation.constraint not in checked for violation in violations):
        named = dict.fromkeys(violation.constraint for violation in violations)
    lines: list[Line] = []
    for name in named:
        broken = [violation for violation in violations if violation.constraint == name]
        mark = Span("✗ ", "bad") if broken else Span("✓ ", "good")
        lines.append((Span("  "), mark, Span(name.ljust(_WIDTH), "bad" if broken else "")))
        for violation in broken:
            lines += paragraph(page, violation.message, indent=6, hang=2)
    return lines
