"""CAPACITY: reservations on the circle of II phases."""

from __future__ import annotations

from itertools import combinations
from typing import Protocol

from ortools.sat.python import cp_model

from twill.problem import Problem, Reservation
from twill.solver.cpsat.variables import Expr, Literal, negated


class Phases(Protocol):
    """A circle of ``ii`` phases, and on it the slots of a problem's operations."""

    @property
    def problem(self) -> Problem:
        """Whose reservations they are."""

    @property
    def ii(self) -> int:
        """How many phases there are."""

    @property
    def cp(self) -> cp_model.CpModel:
        """The model under construction."""

    @property
    def slot(self) -> dict[str, cp_model.IntVar]:
        """The phase of each operation's start."""

    def before(self, u: str, v: str) -> Literal:
        """Whether u's slot comes before v's."""


def add_capacity(space: Phases) -> None:
    """CAPACITY: at every phase a unit serves at most its capacity, a fluid one over the period."""
    for unit in space.problem.units:
        users = [
            (op.name, reservation)
            for op in space.problem.ops
            for reservation in op.reservations.get(unit.name, ())
            if reservation.length and reservation.amount
        ]
        if not users:
            continue
        if unit.fluid:
            asked = sum(r.length * r.amount for _, r in users)
            if asked > unit.capacity * space.ii:
                space.cp.add_bool_or([])
            continue
        if _exclusive(users, unit.capacity):
            _add_exclusive(space, users)
        _add_cumulative(space, users, unit.capacity)


def _exclusive(users: list[tuple[str, Reservation]], capacity: int) -> bool:
    """Whether no two reservations may ever overlap, each operation having one at its start."""
    smallest = sorted(r.amount for _, r in users)[:2]
    once = len({name for name, _ in users}) == len(users)
    return once and sum(smallest) > capacity and all(r.offset == 0 for _, r in users)


def _add_exclusive(space: Phases, users: list[tuple[str, Reservation]]) -> None:
    """Pairwise orders, on the literals that the instruction streams use too."""
    for (u, a), (v, b) in combinations(users, 2):
        for first, second, length, back in ((u, v, a, b), (v, u, b, a)):
            order = space.before(first, second)
            here, there = space.slot[first], space.slot[second]
            space.cp.add(here + length.length <= there).only_enforce_if(order)
            space.cp.add(there + back.length <= here + space.ii).only_enforce_if(order)


def _add_cumulative(space: Phases, users: list[tuple[str, Reservation]], capacity: int) -> None:
    """Each reservation twice, one period apart: what wraps around meets the second copy."""
    intervals: list[cp_model.IntervalVar] = []
    amounts: list[int] = []
    for name, reservation in users:
        rounds, rest = divmod(reservation.length, space.ii)
        capacity -= rounds * reservation.amount
        if rest == 0:
            continue
        begin = phase(space, name, reservation.offset)
        for turn in (0, space.ii):
            intervals.append(
                space.cp.new_fixed_size_interval_var(begin + turn, rest, f"{name} + {turn}")
            )
            amounts.append(reservation.amount)
    if capacity < 0:
        space.cp.add_bool_or([])
    elif intervals and all(2 * amount > capacity for amount in amounts):
        space.cp.add_no_overlap(intervals)
        if max(amounts) > capacity:
            space.cp.add_bool_or([])
    elif intervals:
        space.cp.add_cumulative(intervals, amounts, capacity)


def phase(space: Phases, name: str, offset: int) -> Expr:
    """``(slot + offset) mod II`` as an expression."""
    offset %= space.ii
    if offset == 0:
        return space.slot[name]
    wraps = space.cp.new_bool_var(f"{name} + {offset} wraps")
    slot = space.slot[name]
    space.cp.add(slot + offset >= space.ii).only_enforce_if(wraps)
    space.cp.add(slot + offset < space.ii).only_enforce_if(negated(wraps))
    begin = space.cp.new_int_var(0, space.ii - 1, f"phase of {name} + {offset}")
    space.cp.add(begin == slot + offset - space.ii * wraps)
    return begin
