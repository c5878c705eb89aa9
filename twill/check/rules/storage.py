"""MEMORY and BARRIERS: axioms about ring slots, hand-offs, memories and barriers."""

from __future__ import annotations

from collections.abc import Mapping

from twill.check.atoms import Clause, Event, Literal, Term, clause, late, same
from twill.check.period import Invalid, Period, Row, Rows
from twill.storage import read_end


def deep(period: Period, ring: str, slots: int, first: str, last: Row) -> Clause:
    """MEMORY: a ring has more slots than periods that one life of them spans.

    The life is from the write of ``first`` to ``last``: a result, when it is written, or
    [result, d], when the reader of dependence d has read it.
    """
    buffer = period.rings[ring]
    if slots < 2 or buffer.accumulator:
        raise Invalid(f"ring {ring} has a slot in any case")
    writer = period.problem.op[first]
    begin = Event(
        first, buffer.members[first] * period.ii - (writer.latency if writer.streaming else 0)
    )
    end = _last(period, buffer.members, *last)
    atom = Literal(("deep", ring, slots), True)
    return clause(atom, late(begin.plus((slots - 1) * period.ii), end))


def _last(period: Period, lags: Mapping[str, int], member: str, number: int | None = None) -> Event:
    lag = lags[member]
    if number is None:
        op = period.problem.op[member]
        return Event(member, lag * period.ii + (0 if op.streaming else op.latency))
    d = period.flow(number)
    if d.src != member:
        raise Invalid(f"dependence {number} does not read {member}")
    return Event(d.dst, (d.distance + lag) * period.ii + read_end(period.problem, d))


def sent(period: Period, name: str, slots: int, number: int) -> Clause:
    """BARRIERS: a value read on another role is handed off, through so many slots at least."""
    d = period.flow(number)
    op = period.problem.op[name]
    if d.src != name or slots < 1 or (slots > 1 and not op.in_registers):
        raise Invalid(f"dependence {number} does not hand {name} off through {slots} slots")
    atom = Literal(("sent", name, slots), True)
    if slots == 1:
        return clause(atom, same(name, d.dst))
    end = Event(d.dst, d.distance * period.ii + read_end(period.problem, d))
    return clause(atom, same(name, d.dst), late(Event(name, (slots - 1) * period.ii), end))


def memory(period: Period, name: str, rings: Rows, handoffs: Rows) -> Clause:
    """MEMORY: these rings and hand-offs, one slot of every other ring and what is invariant fit."""
    depth, slots, terms = _stated(period, rings, handoffs)
    problem = period.problem
    total = sum(i.size for i in problem.invariants if i.space == name)
    total += sum(b.size * depth[b.name] for b in period.rings.values() if b.memory == name)
    if problem.roles is not None and problem.roles.handoff_memory == name:
        total += sum(
            problem.op[op].handoff.bytes * n
            for op, n in slots.items()
            if problem.op[op].in_registers
        )
        channels = _channels(period, depth, slots).items()
        barriers = sum(problem.op[op].handoff.mbarriers * n for op, n in channels)
        total += barriers * problem.limits.mbarrier_bytes
    if total <= problem.memory[name].capacity:
        raise Invalid(f"{name} has room for {total}")
    return clause(*terms)


def barriers(period: Period, rings: Rows, handoffs: Rows) -> Clause:
    """BARRIERS: the channels of these rings and hand-offs have named barriers enough."""
    depth, slots, terms = _stated(period, rings, handoffs)
    period.require_roles()
    limit = period.problem.limits.named_barriers
    channels = _channels(period, depth, slots).items()
    total = sum(period.problem.op[op].handoff.named_barriers * n for op, n in channels)
    if limit is None or total <= limit:
        raise Invalid(f"{total} named barriers are allowed")
    return clause(*terms)


def _stated(
    period: Period, rings: Rows, handoffs: Rows
) -> tuple[dict[str, int], dict[str, int], list[Term]]:
    """Slots of every ring and hand-off, and the terms that say that it has fewer."""
    depth = dict.fromkeys(period.rings, 1)
    slots: dict[str, int] = {}
    terms: list[Term] = []
    for name, n in rings:
        if n < 2 or depth[name] != 1:
            raise Invalid(f"ring {name} is listed without need")
        depth[name] = n
        terms.append(Literal(("deep", name, n), False))
    for name, n in handoffs:
        if n < 1 or name in slots:
            raise Invalid(f"the hand-off of {name} is listed without need")
        slots[name] = n
        terms.append(Literal(("sent", name, n), False))
    return depth, slots, terms


def _channels(period: Period, depth: dict[str, int], slots: dict[str, int]) -> dict[str, int]:
    """Slots that need barriers, by value, as far as they are known."""
    flows = [period.dependences[n] for ns in period.flows_from.values() for n in ns]
    waited = {d.src for d in flows if d.blocking}
    found: dict[str, int] = {}
    for op in period.problem.ops:
        if op.in_registers and op.name in slots:
            found[op.name] = slots[op.name]
    for ring in period.rings.values():
        for name in ring.members:
            op = period.problem.op[name]
            if name in slots or (op.asynchronous and name in waited):
                found[name] = depth[ring.name]
    return found
