"""Two engines that do not say the same of one II: a defect of one of them, never hidden."""

from __future__ import annotations

from twill.problem import Problem
from twill.schedule import Schedule
from twill.solver.assemble import Claim, assemble
from twill.verify import Violation, verify


class VerificationFailed(Exception):
    """An engine's schedule breaks a constraint: a defect of ours, never printed as a result."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("; ".join(str(violation) for violation in violations))
        self.violations = violations


class EnginesDisagree(Exception):
    """Another engine has a schedule where the first one said that there is none.

    ``schedule`` is that schedule, verified; ``problem`` is what both were asked.
    """

    def __init__(self, problem: Problem, schedule: Schedule, other: str) -> None:
        super().__init__(
            f"CP-SAT refuted II {schedule.ii} of {problem.name}, {other} found a schedule there"
        )
        self.problem = problem
        self.schedule = schedule


def checked_schedule(
    problem: Problem, ii: int, start: dict[str, int], role: dict[str, int]
) -> Schedule:
    """The other engine's schedule; an error of that engine is not one of the first."""
    from twill.formats.canonical import problem_digest

    claim = Claim("feasible", 1, "not proved")
    schedule = assemble(problem, problem_digest(problem), ii, start, role, claim)
    violations = verify(problem, schedule)
    if violations:
        raise VerificationFailed(violations)
    return schedule
