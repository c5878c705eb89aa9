"""MEMORY and BARRIERS: ring depths, hand-off rings, and the barriers of the channels."""

from __future__ import annotations

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from twill.solver.cpsat.variables import Expr, Literal, Space, negated
from twill.storage import Buffer, buffers, read_end


@dataclass
class Rings:
    """Depths of the rings and of the hand-offs, and what each memory holds."""

    depth: dict[str, Expr] = field(default_factory=dict)
    handoff: dict[str, cp_model.IntVar] = field(default_factory=dict)
    used: dict[str, Expr] = field(default_factory=dict)


def add_memory(space: Space) -> Rings:
    """MEMORY: each ring as deep as its lifetime needs, all of them within each memory."""
    rings = Rings()
    problem = space.problem
    for memory in problem.memories:
        rings.used[memory.name] = sum(i.size for i in problem.invariants if i.space == memory.name)
    for buffer in buffers(problem):
        depth = _ring_depth(space, buffer)
        for member in buffer.members:
            rings.depth[member] = depth
        rings.used[buffer.memory] += buffer.size * depth
    if problem.roles is not None:
        _add_handoffs(space, rings)
        _add_barriers(space, rings)
    for memory in problem.memories:
        space.cp.add(rings.used[memory.name] <= memory.capacity)
    return rings


def _ring_depth(space: Space, buffer: Buffer) -> Expr:
    """A ring's depth: depth * II >= every end of the slot's life minus every beginning."""
    if buffer.accumulator:
        return 1
    capacity = space.problem.memory[buffer.memory].capacity
    top = capacity // buffer.size if buffer.size else space.horizon
    if top < 1:
        space.cp.add_bool_or([])
        return 1
    depth = space.cp.new_int_var(1, min(top, 4 * space.horizon), f"depth of {buffer.name}")
    begins: list[Expr] = []
    ends: list[Expr] = []
    for name, lag in buffer.members.items():
        op = space.problem.op[name]
        begin = space.start[name] + lag * space.ii
        begins.append(begin - (op.latency if op.streaming else 0))
        ends.append(begin + (0 if op.streaming else op.latency))
        ends += [
            space.start[d.dst] + (d.distance + lag) * space.ii + read_end(space.problem, d)
            for d in space.flows
            if d.src == name
        ]
    for born in begins:
        for end in ends:
            space.cp.add(space.ii * depth >= end - born)
    return depth


def _add_handoffs(space: Space, rings: Rings) -> None:
    """Register values that cross roles take a ring of the hand-off memory."""
    limits = space.problem.roles
    assert limits is not None
    for op in space.problem.ops:
        if not op.in_registers or space.is_false(space.handed[op.name]):
            continue
        readers = [d for d in space.flows if d.src == op.name]
        reach = max(d.distance * space.ii + read_end(space.problem, d) for d in readers)
        top = (space.horizon + reach) // space.ii + 1
        depth = space.cp.new_int_var(0, top, f"hand-off depth of {op.name}")
        space.cp.add(depth >= 1).only_enforce_if(space.handed[op.name])
        for d in readers:
            read = space.start[d.dst] + d.distance * space.ii + read_end(space.problem, d)
            apart = space.apart(d.src, d.dst)
            if not space.is_false(apart):
                held = read - space.start[op.name]
                space.cp.add(space.ii * depth >= held).only_enforce_if(apart)
        rings.handoff[op.name] = depth
        if limits.handoff_memory is not None:
            rings.used[limits.handoff_memory] += op.handoff.bytes * depth


def _add_barriers(space: Space, rings: Rings) -> None:
    """BARRIERS: a full and an empty barrier per slot of every channel."""
    limits = space.problem.roles
    assert limits is not None
    named: Expr = 0
    mbarriers: Expr = 0
    for name, depth in _channels(space, rings).items():
        handoff = space.problem.op[name].handoff
        named += handoff.named_barriers * depth
        mbarriers += handoff.mbarriers * depth
    if space.problem.limits.named_barriers is not None:
        space.cp.add(named <= space.problem.limits.named_barriers)
    if limits.handoff_memory is not None:
        rings.used[limits.handoff_memory] += space.problem.limits.mbarrier_bytes * mbarriers


def _channels(space: Space, rings: Rings) -> dict[str, Expr]:
    """Slots that need barriers: values that cross roles or complete on their own."""
    waited = {d.src for d in space.flows if d.blocking}
    found: dict[str, Expr] = {}
    for op in space.problem.ops:
        if not (op.handoff.named_barriers or op.handoff.mbarriers):
            continue
        if op.name in rings.handoff:
            found[op.name] = rings.handoff[op.name]
        elif op.name in rings.depth:
            always = op.asynchronous and op.name in waited
            found[op.name] = _if(space, always, space.handed[op.name], rings.depth[op.name])
    return found


def _if(space: Space, always: bool, handed: Literal, depth: Expr) -> Expr:
    """The depth where the value is a channel, else 0."""
    if always or space.is_true(handed):
        return depth
    if space.is_false(handed):
        return 0
    slots = space.cp.new_int_var(0, 4 * space.horizon, "slots of a channel")
    space.cp.add(slots >= depth).only_enforce_if(handed)
    space.cp.add(slots == 0).only_enforce_if(negated(handed))
    return slots
