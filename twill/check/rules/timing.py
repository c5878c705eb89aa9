"""Axioms about starts: circuits, dependences, hand-off delays, stages, exchanges, capacity."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

from twill.check.atoms import Clause, Event, Term, after, clause, late, negated, same
from twill.check.period import Invalid, Period, Rows


def circuit(_period: Period, arcs: Rows) -> Clause:
    """Arcs (u, v, k), each start[v] >= start[u] + k, cannot all hold: around them time gains.

    Every operation is entered as often as it is left, so the starts cancel and the sum of
    all k would have to be at most 0.
    """
    balance: dict[str, int] = defaultdict(int)
    total = 0
    terms: list[Term] = []
    for u, v, cycles in arcs:
        balance[u] -= 1
        balance[v] += 1
        total += cycles
        terms.append(after(v, u, 1 - cycles))  # the contrary: starts are whole numbers
    if any(balance.values()):
        raise Invalid("the arcs do not close")
    if total <= 0:
        raise Invalid(f"the arcs sum to {total}, which is not positive")
    return clause(*terms)


def dependence(period: Period, number: int) -> Clause:
    """DEPENDENCE: the reader starts no earlier than the delay after the source."""
    d = period.dependence(number)
    return clause(after(d.src, d.dst, d.delay - d.distance * period.ii))


def handoff(period: Period, number: int) -> Clause:
    """HANDOFF: on another role the reader also waits for the hand-off."""
    d = period.flow(number)
    period.require_roles()
    delay = d.delay + period.problem.op[d.src].handoff.latency
    return clause(same(d.src, d.dst), after(d.src, d.dst, delay - d.distance * period.ii))


def stages(period: Period, u: str, v: str) -> Clause:
    """STAGES: v starts less than ``max_stages`` periods after u."""
    return clause(negated(after(u, v, period.problem.limits.max_stages * period.ii)))


def exchange(period: Period, number: int) -> Clause:
    """EXCHANGE (lemma 5): of two schedules that differ by a renaming, the ordered one."""
    v, w = period.exchanges[number]
    return clause(after(v, w, 0))


def capacity(period: Period, unit: str, held: Rows) -> Clause:
    """CAPACITY: reservations (op, index, shift) that need more than a unit has.

    Of two, one ends before the other begins. Of more, not all are under way when the first
    one listed begins.
    """
    intervals: list[tuple[Event, Event]] = []
    asked = 0
    if period.problem.unit[unit].fluid:
        raise Invalid(f"unit {unit} is fluid: it is judged by the period")
    for name, index, shift in held:
        r = period.problem.op[name].reservations[unit][index]
        begin = Event(name, r.offset + shift * period.ii)
        if r.length <= 0 or index < 0:
            raise Invalid(f"{name} does not hold {unit}")
        intervals.append((begin, begin.plus(r.length)))
        asked += r.amount
    if len({tuple(each) for each in held}) != len(held):
        raise Invalid("a reservation is listed twice")
    if asked <= period.problem.unit[unit].capacity:
        raise Invalid(f"they ask for {asked} of {unit}, which has room for that")
    if len(intervals) == 2:
        (a, b), (c, d) = intervals
        return clause(late(c, b), late(a, d))
    first = intervals[0][0]
    during = [(negated(late(first, begin)), late(first, end)) for begin, end in intervals[1:]]
    return clause(*chain.from_iterable(during))
