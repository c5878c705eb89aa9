"""CAPACITY: counted at every instant at which a reservation begins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from twill.problem import Unit
from twill.solver.smt.space import Literal, Point, Space, negated


@dataclass(frozen=True, slots=True)
class Hold:
    """``amount`` of a unit held from ``begin`` on, for less than a period."""

    begin: Point
    length: int
    amount: int


def add_capacity(space: Space) -> None:
    """CAPACITY: where load is highest something begins; a fluid unit is judged by the period."""
    for unit in space.problem.units:
        if unit.fluid:
            _add_fluid(space, unit)
        else:
            _add_unit(space, unit)


def _add_fluid(space: Space, unit: Unit) -> None:
    reserved = [r for op in space.problem.ops for r in op.reservations.get(unit.name, ())]
    if sum(r.length * r.amount for r in reserved) > unit.capacity * space.ii:
        space.claim()


def _add_unit(space: Space, unit: Unit) -> None:
    """What is longer than a period is there all the time, as often as it wraps around."""
    holds: list[Hold] = []
    room = unit.capacity
    for op in space.problem.ops:
        for r in op.reservations.get(unit.name, ()):
            room -= r.length // space.ii * r.amount
            if r.length % space.ii and r.amount:
                begin = space.start[op.name].plus(r.offset)
                holds.append(Hold(begin, r.length % space.ii, r.amount))
    clashes = [a.amount + b.amount > room for a, b in combinations(holds, 2)]
    for (a, b), clash in zip(combinations(holds, 2), clashes, strict=True):
        if clash:
            keep_apart(space, (a.begin, a.begin.plus(a.length)), (b.begin, b.begin.plus(b.length)))
    if room < max((hold.amount for hold in holds), default=0):
        space.claim()
    elif not all(clashes):
        for each in holds:
            others = [(other.amount, _covers(space, other, each)) for other in holds]
            space.at_most(others, room)


def keep_apart(
    space: Space, a: tuple[Point, Point], b: tuple[Point, Point], *unless: Literal
) -> None:
    """No instance of one interval overlaps one of the other, or one of ``unless`` holds.

    An empty interval may not lie strictly inside another.
    """
    longest = sum(max(end.high + end.offset - begin.low - begin.offset, 0) for begin, end in (a, b))
    for k in space.turns(a[0], b[0], longest, longest):
        turn = k * space.ii
        space.claim(space.late(a[0], b[1], turn), space.late(b[0], a[1], -turn), *unless)


def _covers(space: Space, hold: Hold, at: Hold) -> Literal:
    """Whether some instance of a hold is under way when another one begins."""
    if hold is at:
        return True
    found = []
    for k in space.turns(at.begin, hold.begin, 0, hold.length):
        begun = space.late(at.begin, hold.begin, k * space.ii)
        ended = space.late(at.begin, hold.begin, k * space.ii + hold.length)
        found.append(space.forced("covers", begun, negated(ended)))
    return space.forced_by_any("covers", found)
