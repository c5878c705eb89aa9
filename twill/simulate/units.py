"""The functional units: who holds them when, in order of arrival."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from twill.lower.program import RoleProgram, Run, WarpProgram
from twill.problem import Problem, Reservation

Instance = tuple[str, int]
"""An operation of an iteration."""


class Units:
    """What is reserved. Fluid units serve many small requests and are never refused."""

    def __init__(self, problem: Problem) -> None:
        self.held: dict[str, list[tuple[int, int, int]]] = {}
        self.capacity = {u.name: u.capacity for u in problem.units if not u.fluid}

    def reserve(self, reservations: Mapping[str, tuple[Reservation, ...]], at: int) -> int:
        """The first start from ``at`` on at which all units are free; they are held from then."""
        start = at
        while (free := self._free(reservations, start)) > start:
            start = free
        for unit, intervals in reservations.items():
            for r in intervals:
                if unit in self.capacity and r.length and r.amount:
                    begin = start + r.offset
                    bisect.insort(
                        self.held.setdefault(unit, []), (begin, begin + r.length, r.amount)
                    )
        return start

    def _free(self, reservations: Mapping[str, tuple[Reservation, ...]], start: int) -> int:
        """``start`` if nothing is in the way, else a later start to try."""
        for unit, intervals in reservations.items():
            if unit not in self.capacity:
                continue
            for r in intervals:
                begin = start + r.offset
                blocked = self._blocked(unit, begin, begin + r.length, r.amount)
                if blocked is not None:
                    return blocked - r.offset
        return start

    def _blocked(self, unit: str, begin: int, end: int, amount: int) -> int | None:
        """When the first reservation in the way ends; None if the unit has enough left."""
        there = [h for h in self.held.get(unit, ()) if h[0] < end and begin < h[1]]
        for moment in [begin, *(h[0] for h in there if h[0] > begin)]:
            taken = sum(h[2] for h in there if h[0] <= moment < h[1])
            if taken and taken + amount > self.capacity[unit]:
                return min(h[1] for h in there if h[0] <= moment < h[1])
        return None


def scheduled_before(
    problem: Problem, program: WarpProgram, trips: int
) -> dict[Instance, list[Instance]]:
    """By instance of an operation, those that the schedule has before it on its units.

    Streaming loads are left out: the schedule has them where their data is used.
    """
    before: dict[Instance, list[Instance]] = defaultdict(list)
    users: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for role in program.roles:
        for run, begin in _begins(role, program.ii):
            if not problem.op[run.op].streaming:
                for held in problem.op[run.op].reservations:
                    users[held].append((begin, run.op))
    for name, unit in problem.unit.items():
        turns = [
            (begin + iteration * program.ii, (op, iteration))
            for begin, op in users[name]
            for iteration in range(trips)
        ]
        for (_, earlier), (_, later) in pairwise(sorted(turns)) if not unit.fluid else ():
            before[later].append(earlier)
    return before


def _begins(role: RoleProgram, ii: int) -> Iterator[tuple[Run, int]]:
    """When the schedule has each operation begin in iteration 0.

    A body that begins in the middle of the period has the rest of it behind: a period later.
    That begins where cycles start again, which may be with others of the body's first cycle.
    """
    later, last = 0, 0
    for i in role.body:
        later, last = ii if i.cycle < last else later, i.cycle
        if isinstance(i, Run):
            yield i, i.cycle + later - i.offset * ii
