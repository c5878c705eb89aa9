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
    """Find the optimum, then explain it. Half of the time at most goes into the optimum."""
    clock = Clock(options, stop or Stop(), on_progress)
    half = replace(options, time_limit=options.time_limit / 2, levels=())
    outcome = solve(problem, half, on_progress, clock.stop)
    best, target = schedule_of(outcome), question.ii
    if target is None and isinstance(outcome, Optimal) and outcome.schedule.ii > 1:
        target = outcome.schedule.ii - 1
    core: Core | None = None
    found: tuple[Remedy, ...] = ()
    if target is not None:
        oracle = Oracle(clock)
        core = _known(best, target) or minimal_core(problem, target, oracle)
        found = tuple(remedies(problem, core, oracle))
    rows: tuple[Row, ...] = ()
    speeds: tuple[SpeedRow, ...] = ()
    if best is not None and question.ii is None:
        rows = tuple(what_each_allows(problem, best, clock))
        if question.make_faster is not None:
            speeds = tuple(speed_table(question.units, question.make_faster, best, clock))
    return Explanation(outcome, core, found, rows, speeds, not clock.over)


def _known(best: Schedule | None, target: int) -> Core | None:
    """No question where the schedule is at the II that was asked about."""
    return Core(target, "feasible") if best is not None and best.ii == target else None
