"""How the II falls as a unit gets faster: the architect's question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from twill.explanation import SPEEDS, Interval, SpeedRow
from twill.problem import Problem
from twill.schedule import Schedule
from twill.solver.assemble import Claim, assemble
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.explain.limits import smallest
from twill.verify import verify

MakeFaster = Callable[[str, Fraction], Problem]
"""The problem with one unit so many times as fast."""


def speed_table(
    units: Sequence[str], make: MakeFaster, best: Schedule, clock: Clock
) -> Iterator[SpeedRow]:
    """A row per unit. A unit that does not bind costs no search: the bounds say so."""
    for unit in units:
        yield SpeedRow(unit, tuple(_row(unit, make, best, clock)))


def _row(unit: str, make: MakeFaster, best: Schedule, clock: Clock) -> Iterator[Interval | None]:
    for speed in SPEEDS:
        clock.tell(f"{unit} x{float(speed):g}", best.ii, f"II {best.ii}", "")
        problem = make(unit, speed)
        yield _still(problem, best) or smallest(problem, best, clock)


def _still(problem: Problem, best: Schedule) -> Interval | None:
    """The same II, where a bound forbids less and the known schedule is still one."""
    least = bounds(problem).ii
    if least is None or least < best.ii:
        return None
    start = {name: placed.start for name, placed in best.ops.items()}
    names = [role.name for role in best.roles]
    role = {n: names.index(p.role) for n, p in best.ops.items() if p.role is not None}
    again = assemble(problem, "", best.ii, start, role, Claim("feasible", 1, "not proved"))
    same = Interval(least, best.ii)
    return same if not verify(problem, again) else Interval(least, None)
