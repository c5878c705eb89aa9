"""CAPACITY: what is asked of each unit at every phase of the period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from twill.problem import Unit
from twill.verify.case import Case, Violation


def check_capacity(case: Case) -> Iterator[Violation]:
    """CAPACITY: at every phase, the amounts reserved of a unit sum to at most its capacity."""
    for unit in case.problem.units:
        if unit.fluid:
            yield from _check_fluid(case, unit)
            continue
        load, phase = _peak_load(case, unit.name)
        if load > unit.capacity:
            users = tuple(op.name for op in case.problem.ops if unit.name in op.reservations)
            yield Violation(
                "CAPACITY",
                f"unit {unit.name} is asked for {load} of {unit.capacity} at phase {phase}",
                users,
            )


def _check_fluid(case: Case, unit: Unit) -> Iterator[Violation]:
    """A fluid unit serves at most its capacity times II in one period."""
    reserved = [r for op in case.problem.ops for r in op.reservations.get(unit.name, ())]
    asked = sum(r.length * r.amount for r in reserved)
    served = unit.capacity * case.schedule.ii
    if asked > served:
        yield Violation(
            "CAPACITY", f"unit {unit.name} is asked for {asked} per period, it serves {served}"
        )


def _peak_load(case: Case, unit: str) -> tuple[int, int]:
    """The highest load of a unit over the phases, by summing the changes around the circle."""
    ii = case.schedule.ii
    change: dict[int, int] = defaultdict(int)
    base = 0
    for op in case.problem.ops:
        for r in op.reservations.get(unit, ()):
            rounds, rest = divmod(r.length, ii)
            base += rounds * r.amount
            begin = (case.usage.start[op.name] + r.offset) % ii
            end = begin + rest
            if rest:
                change[begin] += r.amount
            if end > ii:
                base += r.amount
            if rest and end != ii:
                change[end % ii] -= r.amount
    peak, at, load = base, 0, base
    for phase in sorted(change):
        load += change[phase]
        if load > peak:
            peak, at = load, phase
    return peak, at
