"""The level of robustness: the II when asynchronous and hand-off latencies are longer.

It depends on orders, which are no numbers over starts. So the later levels are decided without it
first: where the schedule found is as robust as any can be, all is said. Otherwise the exact model
(``cpsat/late.py``) is asked for more robust ones, and the later levels are decided again among
these.
"""

from __future__ import annotations

from dataclasses import replace

from twill.events.longer import longer, without_registers
from twill.events.robust import LONGER
from twill.lemmas import enough_stages, monotone
from twill.problem import Problem
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Way
from twill.solver.cpsat.late import add_late
from twill.solver.cpsat.model import build
from twill.solver.cpsat.partition import narrowed
from twill.solver.levels import ROBUSTNESS, level_of
from twill.solver.rounds import Best, Part, Rounds, longest_of, short

REFUTE_EFFORT = 0.02
"""Deterministic work of the run that may prove without orders that no schedule is more robust."""

OWN_EFFORT = 0.2
"""Deterministic work of a run that looks for a more robust schedule with the same roles."""

ASK_EFFORT = 0.6
"""Deterministic work of one that looks with any roles, or refutes that there is one."""

MOST_ASKED = 8
"""Periods that are asked for."""


def most_robust(best: Best, clock: Clock) -> Best:
    """The most robust schedule known that is as good in the levels before, and the level.

    It is the best itself, with all its levels, where none is known to be more robust.
    """
    value = best.values[ROBUSTNESS]
    bound = min(_bound(best, value, clock), value)
    before = [level for level in best.levels if level.name == "time"]
    found = Best(best.problem, best.assignment, before)
    if value > bound and best.problem.limits.concurrency != "paper":
        bound = _closer(found, bound, clock)
    level = level_of(ROBUSTNESS, found.values[ROBUSTNESS], bound)
    found.levels.append(level)
    return found


def _closer(best: Best, bound: int, clock: Clock) -> int:
    """Ask for ever more robust schedules; what none can be below.

    The bound first, which is often reached; then one less than the best; then in between.
    """
    rounds = Rounds(best, clock)
    rounds.tell(ROBUSTNESS)
    for turn in range(MOST_ASKED):
        value = best.values[ROBUSTNESS]
        if bound >= value or clock.over:
            break
        period = (bound, value - 1)[turn] if turn < 2 else (bound + value - 1) // 2
        answer = _ask(best, rounds, period)
        if answer == "infeasible":
            bound = max(bound, period + 1)
        elif answer == "unknown" and turn:
            break
    return min(bound, best.values[ROBUSTNESS])


def _ask(best: Best, rounds: Rounds, period: int) -> Answer:
    """Whether a schedule is as robust as that, in the time that is allowed.

    With the roles of the best first, which is decided sooner, then with any.
    """
    own = _asked(best, rounds, period, narrowed(best.problem, best.assignment), OWN_EFFORT)
    if own in {"optimal", "feasible"}:
        return own
    return _asked(best, rounds, period, best.problem, ASK_EFFORT)


def _asked(best: Best, rounds: Rounds, period: int, problem: Problem, effort: float) -> Answer:
    ii, longest = best.assignment.ii, longest_of(best)
    part = Part(build(short(problem, ii, longest), ii, longest=longest))
    if part.model.space.distances is None or rounds.clock.over:
        return "unknown"
    add_late(part.model, LONGER, period)
    (result,) = rounds.race("", [(part, Way(0))], effort)
    best.take(result, ROBUSTNESS)
    return result.answer


# What no schedule is below


def _bound(best: Best, value: int, clock: Clock) -> int:
    """What arithmetic says, or the value itself where one less is refuted without orders."""
    ii = best.assignment.ii
    if value <= ii:
        return ii
    anyhow = without_registers(longer(best.problem, LONGER))
    bound = max(ii, bounds(anyhow).ii or ii)
    if bound < value and _refuted(anyhow, value - 1, best, clock):
        bound = value
    return bound


def _refuted(problem: Problem, ii: int, best: Best, clock: Clock) -> bool:
    """Whether no schedule exists at an II, and so at no smaller one, with any number of stages."""
    if clock.over or not monotone(problem) or problem.limits.concurrency == "paper":
        return False
    limits = replace(problem.limits, max_stages=enough_stages(problem, ii))
    part = Part(build(replace(problem, limits=limits), ii))
    (result,) = Rounds(best, clock).race("", [(part, Way(0))], REFUTE_EFFORT)
    return result.answer == "infeasible"
