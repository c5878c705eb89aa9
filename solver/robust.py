"""The level of robustness: the II when asynchronous and hand-off latencies are longer.

It depends on orders, which are no numbers over starts. Arithmetic bounds it; where the best of
the levels before is not as robust, the exact model (``cpsat/late.py``) is asked for schedules that
are, unless a relaxation without orders says that there are none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from twill.solver.levels import ROBUSTNESS
from twill.solver.rounds import FINDS, Best, Part, Rounds, longest_of, short

REFUTE_EFFORT = 0.02
"""Deterministic work of the run that may prove without orders that no schedule is more robust."""

OWN_EFFORT = 0.2
"""Deterministic work of a run that looks for a more robust schedule with the same roles."""

ASK_EFFORT = 0.6
"""Deterministic work of one that looks with any roles, or refutes that there is one."""

MOST_ASKED = 8
"""Periods that are asked for."""


@dataclass(slots=True)
class MostRobust:
    """What is known of robustness. ``bound``: no schedule is below.

    ``part``: a model of all schedules that are as robust as ``period``, if one was built.
    """

    bound: int
    part: Part | None = None
    period: int = 0


def most_robust(best: Best, clock: Clock) -> MostRobust:
    """Make the best the most robust schedule known."""
    asked = MostRobust(min(_bound(best), best.values[ROBUSTNESS]))
    if best.values[ROBUSTNESS] > asked.bound and best.problem.limits.concurrency != "paper":
        asked.bound = _closer(best, asked, clock)
    asked.bound = min(asked.bound, best.values[ROBUSTNESS])
    return asked


def _closer(best: Best, asked: MostRobust, clock: Clock) -> int:
    """Ask for ever more robust schedules; what none can be below.

    With the roles of the best the bound is often reached, in milliseconds. Otherwise any roles are
    asked for it; then for one less than the best; then in between.
    """
    rounds = Rounds(best, clock)
    rounds.tell(ROBUSTNESS)
    bound, tried = asked.bound, 0
    _own(best, rounds, bound)
    for turn in range(MOST_ASKED):
        value = best.values[ROBUSTNESS]
        if bound >= value or clock.over:
            break
        if value != tried and _refuted(best, value - 1, clock):
            return value
        tried = value
        period = (bound, value - 1)[turn] if turn < 2 else (bound + value - 1) // 2
        answer = _ask(best, rounds, asked, period, again=turn > 0)
        if answer == "infeasible":
            bound = max(bound, period + 1)
        elif answer == "unknown" and turn:
            break
    return bound


def _ask(best: Best, rounds: Rounds, asked: MostRobust, period: int, *, again: bool) -> Answer:
    """Whether a schedule is as robust as that, in the time that is allowed.

    With the roles of the best first, if that is ``again`` to be asked, then with any.
    """
    if again:
        own = _own(best, rounds, period)
        if own in {"optimal", "feasible"}:
            return own
    answer, asked.part = _asked(best, rounds, period, best.problem, ASK_EFFORT)
    asked.period = period
    return answer


def _own(best: Best, rounds: Rounds, period: int) -> Answer:
    """The same with the roles of the best, which is decided sooner."""
    return _asked(best, rounds, period, narrowed(best.problem, best.assignment), OWN_EFFORT)[0]


def _asked(
    best: Best, rounds: Rounds, period: int, problem: Problem, effort: float
) -> tuple[Answer, Part | None]:
    ii, longest = best.assignment.ii, longest_of(best)
    part = Part(build(short(problem, ii, longest), ii, longest=longest), late=True)
    if part.model.space.distances is None or rounds.clock.over:
        return "unknown", None
    add_late(part.model, LONGER, period)
    (result,) = rounds.race("", [(part, FINDS)], effort / 4)
    if result.answer == "unknown":
        result = rounds.race("", [(part, FINDS), (part, Way(0))], effort)[-1]
    best.take(result, ROBUSTNESS)
    return result.answer, part


# What no schedule is below


def _bound(best: Best) -> int:
    """What arithmetic says."""
    ii = best.assignment.ii
    return max(ii, bounds(_anyhow(best.problem)).ii or ii)


def _anyhow(problem: Problem) -> Problem:
    """What a program with longer latencies keeps anyway."""
    return without_registers(longer(problem, LONGER))


def _refuted(best: Best, ii: int, clock: Clock) -> bool:
    """Whether no schedule is as robust, and so none more, as is seen without orders.

    With any number of stages, since a program has no limit of them.
    """
    problem = _anyhow(best.problem)
    if clock.over or not monotone(problem):
        return False
    limits = replace(problem.limits, max_stages=enough_stages(problem, ii))
    part = Part(build(replace(problem, limits=limits), ii))
    (result,) = Rounds(best, clock).race("", [(part, FINDS)], REFUTE_EFFORT)
    return result.answer == "infeasible"
