"""A second, independent engine is asked to refute what the first one refuted.

Where it agrees, a claim no longer rests on one engine's word; where it finds a schedule that
verifies, one of the two is wrong and nothing is reported but that.
"""

from __future__ import annotations

from dataclasses import replace

from twill.lemmas import horizon, monotone
from twill.problem import Problem
from twill.schedule import Infeasible, Optimal, Outcome
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.disagreement import EnginesDisagree, checked_schedule

SECOND = "z3"
"""The name of the engine asked, as in the ``engines`` of a schedule."""


def cross_check(problem: Problem, outcome: Outcome, clock: Clock) -> Outcome:
    """The outcome, its proof "two engines agree" where Z3 refutes what CP-SAT did.

    Only what rests on one engine's word is asked again. Where time runs out it stays that.
    Raises EnginesDisagree, and VerificationFailed if Z3's schedule does not verify.
    """
    asked = _asked(problem, outcome)
    if not asked or not all(_refuted(problem, ii, clock) for ii in asked):
        return outcome
    if isinstance(outcome, Infeasible):
        return replace(outcome, proof="two engines agree")
    assert isinstance(outcome, Optimal)
    schedule = replace(outcome.schedule, proof="two engines agree")
    if schedule.solver is not None:
        engines = (*schedule.solver.engines, SECOND)
        wall = round(clock.elapsed, 3)
        schedule = replace(schedule, solver=replace(schedule.solver, engines=engines, wall_s=wall))
    return Optimal(schedule)


def _asked(problem: Problem, outcome: Outcome) -> range:
    """The IIs whose refutation makes the claim: one where lemma 1 holds, else all of them."""
    if isinstance(outcome, Optimal) and outcome.schedule.proof == "one engine's word":
        above = outcome.schedule.ii
    elif isinstance(outcome, Infeasible) and outcome.proof == "one engine's word":
        above = max(horizon(problem), bounds(problem).ii or 1) + 1
    else:
        return range(0)
    return range(above - 1 if monotone(problem) else bounds(problem).ii or 1, above)


def _refuted(problem: Problem, ii: int, clock: Clock) -> bool:
    from twill.solver.smt.engine import Limit, decide

    clock.tell("second opinion (Z3)", ii, "-", "-")
    decision = decide(problem, ii, Limit(clock.left, seed=clock.options.seed), clock.stop)
    if decision.assignment is not None:
        found = decision.assignment
        schedule = checked_schedule(problem, ii, found.start, found.role)
        raise EnginesDisagree(problem, schedule, "Z3")
    return decision.answer == "infeasible"
