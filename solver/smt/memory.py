"""MEMORY and BARRIERS: a ring has a further slot wherever its life does not fit into fewer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from twill.problem import Handoff, Op
from twill.solver.smt.space import Literal, Point, Space
from twill.solver.smt.storage import Ring, reading, rings

Slots = list[Literal]
"""One literal per slot that a ring may have: whether it has it."""


@dataclass
class Needs:
    """Weighted literals: what each memory holds, how many barriers there are."""

    memory: dict[str, list[tuple[int, Literal]]] = field(default_factory=lambda: defaultdict(list))
    named: list[tuple[int, Literal]] = field(default_factory=list)


def add_memory(space: Space, handed: dict[str, Literal]) -> None:
    """MEMORY and BARRIERS: rings, hand-offs, invariants and barriers fit."""
    needs = Needs()
    for invariant in space.problem.invariants:
        needs.memory[invariant.space].append((invariant.size, True))
    for ring in rings(space.problem):
        slots = [True] if ring.endless else _slots(space, _life(space, ring))
        needs.memory[ring.memory] += [(ring.size, slot) for slot in slots]
        for name in ring.lags:
            _add_channel(space, needs, name, slots, handed[name])
    for op in space.problem.ops:
        if op.in_registers:
            _add_handoff(space, needs, op, handed[op.name])
    for memory in space.problem.memories:
        space.at_most(needs.memory[memory.name], memory.capacity)
    if space.problem.limits.named_barriers is not None and space.problem.roles is not None:
        space.at_most(needs.named, space.problem.limits.named_barriers)


Life = list[tuple[Point, Point, Literal]]
"""Beginnings and ends that a slot must span, each unless a literal holds."""


def _life(space: Space, ring: Ring) -> Life:
    """From when any of the results begins to be written until the last of them is read."""
    begins: list[Point] = []
    ends: list[Point] = []
    for name, lag in ring.lags.items():
        op = space.problem.op[name]
        start = space.start[name].plus(lag * space.ii)
        begins.append(start.plus(-op.latency if op.streaming else 0))
        ends.append(start.plus(0 if op.streaming else op.latency))
        for d in space.flows:
            if d.src == name:
                late = (lag + d.distance) * space.ii + reading(space.problem, d)
                ends.append(space.start[d.dst].plus(late))
    return [(begin, end, False) for begin in begins for end in ends]


def _slots(space: Space, life: Life) -> Slots:
    """A first slot, and slot n + 1 unless n periods span the life."""
    longest = max(e.high + e.offset - b.low - b.offset for b, e, _ in life)
    slots: Slots = [True]
    for n in range(1, -(-longest // space.ii)):
        slots.append(space.literal("slot"))
        for begin, end, unless in life:
            space.claim(slots[n], space.late(begin, end, -n * space.ii), unless)
    return slots


def _add_channel(space: Space, needs: Needs, name: str, slots: Slots, handed: Literal) -> None:
    """Barriers of a result in memory: where another role reads it, or a reader waits for it."""
    op = space.problem.op[name]
    waited = any(d.blocking for d in space.flows if d.src == name)
    channel = True if op.asynchronous and waited else handed
    if op.handoff.named_barriers or op.handoff.mbarriers:
        used = [space.forced("channel", channel, slot) for slot in slots]
        _add_barriers(space, needs, op.handoff, used)


def _add_handoff(space: Space, needs: Needs, op: Op, handed: Literal) -> None:
    """The ring through which a register value goes to other roles, and its barriers."""
    limits = space.problem.roles
    if handed is False or limits is None:
        return
    start = space.start[op.name]
    life: Life = [
        (
            start,
            space.start[d.dst].plus(d.distance * space.ii + reading(space.problem, d)),
            space.same(d.src, d.dst),
        )
        for d in space.flows
        if d.src == op.name
    ]
    slots = [handed, *_slots(space, life)[1:]]
    if limits.handoff_memory is not None:
        needs.memory[limits.handoff_memory] += [(op.handoff.bytes, slot) for slot in slots]
    _add_barriers(space, needs, op.handoff, slots)


def _add_barriers(space: Space, needs: Needs, handoff: Handoff, slots: Slots) -> None:
    """What one slot of a channel takes, for each of its slots."""
    limits = space.problem.roles
    if limits is None:
        return
    needs.named += [(handoff.named_barriers, slot) for slot in slots]
    if limits.handoff_memory is not None:
        each = handoff.mbarriers * space.problem.limits.mbarrier_bytes
        needs.memory[limits.handoff_memory] += [(each, slot) for slot in slots]
