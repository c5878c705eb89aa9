"""The whole explanation of a problem: the optimum, what forbids less, limits, speeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twill.explanation import Core, Explanation, Remedy, Row, SpeedRow, schedule_of
from twill.problem import Problem
from twill.schedule import Optimal, Schedule
from twill.solver.clock import Clock
from twill.solver.explain.core import minimal_core
from twill.solver.explain.limits import what_each_allows
from twill.solver.explain.oracle import Oracle
from twill.solver.explain.remedies import remedies
from twill.solver.explain.speeds import MakeFaster, speed_table
from twill.solver.options import OnProgress, SolveOptions, Stop
from twill.solver.search import solve

SHARES = {"optimum": 0.5, "core": 0.5, "remedies": 0.4, "limits": 0.6, "speeds": 1.0}
"""Parts of the time left that each question may take; what one leaves is the next one's."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to explain: ``ii`` (None: the one below the best), and units to make faster."""

    ii: int | None = None
    units: Sequence[str] = ()
    make_faster: MakeFaster | None = None


def explain(
    problem: Problem,
    question: Question,
    options: SolveOptions,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Explanation:
    """Find the optimum, then explain it; ``SHARES`` of the time that is left go to each part."""
    whole = Clock(options, stop or Stop(), on_progress)
    clock = _part(whole, "optimum")
    outcome = solve(problem, replace(clock.options, levels=()), on_progress, whole.stop)
    best, target = schedule_of(outcome), question.ii
    if target is None and isinstance(outcome, Optimal) and outcome.schedule.ii > 1:
        target = outcome.schedule.ii - 1
    core: Core | None = None
    found: tuple[Remedy, ...] = ()
    if target is not None:
        core = _known(best, target) or minimal_core(problem, target, Oracle(_part(whole, "core")))
        found = tuple(remedies(problem, core, Oracle(_part(whole, "remedies"))))
    rows: tuple[Row, ...] = ()
    speeds: tuple[SpeedRow, ...] = ()
    if best is not None and question.ii is None:
        rows = tuple(what_each_allows(problem, best, _part(whole, "limits")))
        if question.make_faster is not None:
            clock = _part(whole, "speeds")
            speeds = tuple(speed_table(question.units, question.make_faster, best, clock))
    return Explanation(outcome, core, found, rows, speeds)


def _part(whole: Clock, name: str) -> Clock:
    """A clock with a share of what is left of the whole."""
    limit = max(0.0, whole.left) * SHARES[name]
    options = replace(whole.options, time_limit=limit, levels=())
    return Clock(options, whole.stop, whole.on_progress)


def _known(best: Schedule | None, target: int) -> Core | None:
    """No question where the schedule is at the II that was asked about."""
    return Core(target, "feasible") if best is not None and best.ii == target else None
