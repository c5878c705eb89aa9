"""What II each constraint alone would allow, and what the others would allow without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twill.explanation import COUNTS, Interval, Row
from twill.problem import Problem
from twill.relaxation import Group, constraint_groups, keep, lift
from twill.schedule import Feasible, Infeasible, Optimal, Schedule
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.search import solve

SHARE = 8
"""One question may take this part of the time that is left."""

_WITH_ROLES = ("registers", "issue", "hand-offs", "load role", "requirements", "barriers")


def what_each_allows(problem: Problem, best: Schedule, clock: Clock) -> Iterator[Row]:
    """A row per group, as they are found; ``best`` is a schedule of the whole problem."""
    for group in constraint_groups(problem):
        clock.tell(f"limits: {group.title}", best.ii, f"II {best.ii}", "")
        alone = None
        if group.kind not in COUNTS:
            alone = smallest(_alone(problem, group), best, clock)
        yield Row(group, alone, smallest(lift(problem, [group]), best, clock))


def _alone(problem: Problem, group: Group) -> Problem:
    """Only this group, the dependences and what it makes no sense without."""
    kept = [group, Group("delay")]
    if group.kind in _WITH_ROLES:
        kept += [Group("roles"), Group("load role")]
    return keep(problem, kept)


def smallest(problem: Problem, best: Schedule, clock: Clock) -> Interval | None:
    """The smallest II of a problem that ``best`` solves as well; None if time is over."""
    least = bounds(problem).ii
    assert least is not None, "a schedule exists, so some II is possible"
    if least >= best.ii:
        return Interval(best.ii, best.ii)
    if clock.over:
        return None
    limit = max(1.0, clock.left / SHARE)
    options = replace(clock.options, time_limit=limit, levels=(), proof_limit=0)
    outcome = solve(problem, options, stop=clock.stop, known=best)
    clock.work += _work(outcome)
    match outcome:
        case Optimal(schedule) | Feasible(schedule):
            return Interval(schedule.ii_lower_bound, min(schedule.ii, best.ii))
        case Infeasible():
            raise AssertionError("a relaxed problem has every schedule of the whole one")
    return Interval(min(outcome.ii_lower_bound, best.ii), best.ii)


def _work(outcome: object) -> float:
    schedule = getattr(outcome, "schedule", None)
    return schedule.solver.work if schedule is not None and schedule.solver else 0.0
