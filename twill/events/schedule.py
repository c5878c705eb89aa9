"""The event graph of a schedule: its dependences, orders and rings, no lowering needed.

Events are the starts of operations; a streaming load has two, "issue of K" and K, its data
being there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from twill.accounting import Usage, ceil_div
from twill.events.graph import HANDOFF, Edge, EventGraph, Part
from twill.events.streams import Turn, stream_edges
from twill.problem import Dependence, Op, Problem, Reservation, Unit
from twill.storage import Buffer, read_end


def issued(op: Op) -> str:
    """The event at which an operation is issued."""
    return f"issue of {op.name}" if op.streaming else op.name


def issue_time(usage: Usage, op: Op) -> int:
    """When instance 0 of an operation is issued; a streaming load runs ahead of its start."""
    return usage.start[op.name] - (op.latency if op.streaming else 0)


def schedule_graph(usage: Usage) -> EventGraph:
    """Dependences, streams, units and rings of a schedule."""
    return EventGraph((*model_edges(usage), *_streams(usage), *_rings(usage)))


def model_edges(usage: Usage) -> Iterator[Edge]:
    """What holds whatever the program is like: dependences, data on its way, turns on units."""
    for op in usage.problem.ops:
        if op.streaming:
            why = f"the data of {op.name} arrives"
            parts = (Part(op.name, op.latency),)
            yield Edge(issued(op), op.name, op.latency, 0, "data", why, parts)
    for d in usage.dependences:
        yield _dependence(usage, d)
    for unit in usage.problem.units:
        if not unit.fluid:
            yield from _unit(usage, unit)


# Dependences


def _dependence(usage: Usage, d: Dependence) -> Edge:
    delay = usage.delay(d)
    parts = variable(usage.problem.op[d.src], d.delay) if varies(usage.problem, d) else ()
    if delay > d.delay:
        parts = (*parts, Part(HANDOFF + d.src, delay - d.delay))
    says = {"flow": "reads", "anti": "overwrites what is read by", "output": "overwrites"}
    why = f"{d.dst} {says.get(d.kind, 'comes after')} {d.src}"
    return Edge(d.src, d.dst, delay, d.distance, "dependence", why, parts)


def varies(problem: Problem, d: Dependence) -> bool:
    """Whether a dependence's delay is a latency that may turn out longer.

    Not where one engine works on both in turn: what the first keeps it busy for is no latency.
    """
    src, dst = problem.op[d.src], problem.op[d.dst]
    units = next(iter(src.reservations), None), next(iter(dst.reservations), None)
    one_engine = src.asynchronous and dst.asynchronous and None not in units
    if one_engine and len(set(units)) == 1 and not d.blocking:
        return False
    return is_late(src)


def is_late(op: Op) -> bool:
    """Whether an operation completes on its own, at a time that may turn out later."""
    return op.asynchronous or op.variable_latency


def variable(op: Op, cycles: int) -> tuple[Part, ...]:
    """The latency that ``cycles`` after the start of an operation depend on."""
    return (Part(op.name, cycles),) if is_late(op) and cycles > 0 else ()


# Streams


def _streams(usage: Usage) -> Iterator[Edge]:
    if usage.problem.roles is None:
        return
    rank = _ranks(usage.problem)
    for role in dict.fromkeys(usage.role.values()):
        mine = [op for op in usage.problem.ops if usage.role[op.name] == role]
        windows = {op.name: _window(usage, op) for op in mine}

        def place(op: Op, windows: dict[str, tuple[int, int]] = windows) -> tuple[int, int, int]:
            begin, end = windows[op.name]
            return begin % usage.ii, end - begin, rank[op.name]

        turns = [_turn(usage, op, *windows[op.name]) for op in sorted(mine, key=place)]
        yield from stream_edges(role, turns)


def _window(usage: Usage, op: Op) -> tuple[int, int]:
    """The cycles for which an operation keeps its stream, where it is issued."""
    at = issue_time(usage, op)
    if usage.problem.limits.concurrency == "paper":
        return at, at + execution(op)
    return at - usage.wait(op.name), at + op.issue + usage.send(op.name)


def _turn(usage: Usage, op: Op, begin: int, end: int) -> Turn:
    at = issue_time(usage, op)
    offset = -(begin // usage.ii)
    return Turn(issued(op), at - begin, end - at, offset, usage.blocks(op.name))


def execution(op: Op) -> int:
    """Cycles for which an operation executes: its issue and its reservations."""
    ends = [r.offset + r.length for reserved in op.reservations.values() for r in reserved]
    return max([op.issue, *ends])


def _ranks(problem: Problem) -> dict[str, int]:
    """Longest chains of dependences within an iteration decide between equal starts."""
    rank = {op.name: 0 for op in problem.ops}
    arcs = [d for d in problem.dependences if d.distance == 0 and d.src != d.dst]
    for _ in problem.ops:
        late = [d for d in arcs if rank[d.dst] <= rank[d.src]]
        if not late:
            break
        for d in late:
            rank[d.dst] = max(rank[d.dst], rank[d.src] + 1)
    return rank


# Units


def _unit(usage: Usage, unit: Unit) -> Iterator[Edge]:
    """Reservations that cannot overlap keep the order that they have."""
    held = [
        (op, r) for op in usage.problem.ops for r in op.reservations.get(unit.name, ()) if r.length
    ]
    for op, r in held:
        yield _turn_on(usage, unit, (op, r), (op, r))
    if unit.capacity == 1:
        held.sort(key=lambda pair: (usage.start[pair[0].name] + pair[1].offset) % usage.ii)
        if len(held) > 1:
            for one, two in zip(held, held[1:] + held[:1], strict=True):
                yield _turn_on(usage, unit, one, two)
        return
    for one, two in combinations(held, 2):
        if one[1].amount + two[1].amount > unit.capacity:
            yield _turn_on(usage, unit, one, two)
            yield _turn_on(usage, unit, two, one)


def _turn_on(
    usage: Usage, unit: Unit, one: tuple[Op, Reservation], two: tuple[Op, Reservation]
) -> Edge:
    """The first instance of the second that begins when the first is over."""
    (u, first), (v, second) = one, two
    delay = first.offset + first.length - second.offset
    tokens = ceil_div(usage.start[u.name] + delay - usage.start[v.name], usage.ii)
    why = f"{v.name} takes its turn on {unit.name} after {u.name}"
    return Edge(u.name, v.name, delay, tokens, "unit", why)


# Rings


def _rings(usage: Usage) -> Iterator[Edge]:
    """A slot is written again when all that was in it has been read."""
    for ring in usage.buffers:
        if not ring.accumulator:
            yield from _reuse(usage, ring)
    for name, readers in usage.handed_off.items():
        if usage.problem.op[name].in_registers:
            slots = usage.handoff_depth(name)
            for d in readers:
                yield _release(usage, d, name, slots, d.distance)


def _reuse(usage: Usage, ring: Buffer) -> Iterator[Edge]:
    problem, slots = usage.problem, usage.depth(ring)
    first = problem.op[ring.name]
    for member, lag in ring.members.items():
        op = problem.op[member]
        if not op.streaming:
            parts, why = variable(op, op.latency), _refill(ring.name, member, slots)
            yield Edge(member, issued(first), op.latency, slots - lag, "ring", why, parts)
        for d in problem.dependences:
            if d.kind == "flow" and d.src == member:
                yield _release(usage, d, ring.name, slots, lag + d.distance)


def _release(usage: Usage, d: Dependence, ring: str, slots: int, late: int) -> Edge:
    op, end = usage.problem.op[d.dst], read_end(usage.problem, d)
    parts = variable(op, end)
    first = issued(usage.problem.op[ring])
    return Edge(op.name, first, end, slots - late, "ring", _refill(ring, op.name, slots), parts)


def _refill(ring: str, user: str, slots: int) -> str:
    plural = "s" if slots > 1 else ""
    return f"{ring} has {slots} slot{plural}: it is written again after {user}"
