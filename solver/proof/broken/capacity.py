"""CAPACITY of more than two reservations at once."""

from __future__ import annotations

from twill.problem import Unit
from twill.solver.proof.candidate import Candidate
from twill.solver.proof.stated import holds

Instance = tuple[int, str, int, int]
"""(amount, operation, number of its reservation, iterations earlier or later)."""


def add_capacity(candidate: Candidate) -> int:
    """Where a reservation begins and too much is held: as few of the others as are too much."""
    return sum(
        _add_unit(candidate, unit)
        for unit in candidate.period.problem.units
        if not unit.fluid and unit.capacity > 1
    )


def _add_unit(candidate: Candidate, unit: Unit) -> int:
    new = 0
    for name, number, r in holds(candidate.axioms, unit):
        own: Instance = (r.amount, name, number, 0)
        under_way = _under_way(candidate, unit, candidate.start[name] + r.offset)
        others = sorted((each for each in under_way if each != own), reverse=True)
        chosen, asked = [own], r.amount
        while asked <= unit.capacity and others:
            chosen.append(others.pop(0))
            asked += chosen[-1][0]
        if asked > unit.capacity:
            rows = [list(each[1:]) for each in chosen]
            new += candidate.axioms.add("capacity", unit.name, rows)
    return new


def _under_way(candidate: Candidate, unit: Unit, at: int) -> list[Instance]:
    """What holds a unit at one cycle."""
    found: list[Instance] = []
    for name, number, r in holds(candidate.axioms, unit):
        begin = candidate.start[name] + r.offset
        shifts = candidate.instances(at, begin, begin + r.length)
        found += [(r.amount, name, number, k) for k in shifts]
    return found
