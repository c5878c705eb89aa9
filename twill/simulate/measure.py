"""What a run tells about speed: cycles per iteration in the steady state, and busy units."""

from __future__ import annotations

from twill.problem import Problem
from twill.simulate.trace import Trace


def cycles_per_iteration(problem: Problem, trace: Trace, trips: int, stages: int) -> float | None:
    """From the later iterations but the last ones, which end with less to do; None if too few.

    The slowest operation counts. ``stages``: how many iterations are under way at once.
    """
    last = trips - 1 - 2 * stages
    first = max(2 * stages, last // 2)
    if last <= first:
        return None
    begun = [trace.ops[op.name, last][0] - trace.ops[op.name, first][0] for op in problem.ops]
    return max(begun) / (last - first)


def busy(problem: Problem, cycles: float) -> dict[str, float]:
    """The share of each unit's capacity that is used, at so many cycles per iteration."""
    used = dict.fromkeys(problem.unit, 0)
    for op in problem.ops:
        for unit, intervals in op.reservations.items():
            used[unit] += sum(r.length * r.amount for r in intervals)
    return {name: used[name] / (unit.capacity * cycles) for name, unit in problem.unit.items()}
