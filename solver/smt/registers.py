"""REGISTERS: live instances counted, one by one, whenever an operation of the role starts."""

from __future__ import annotations

from itertools import pairwise

from twill.problem import Dependence, Op, RoleLimits
from twill.solver.smt.roles import Roles
from twill.solver.smt.space import Literal, Point, Space, negated
from twill.solver.smt.storage import reading, takes_registers


def add_registers(space: Space, roles: Roles) -> None:
    """REGISTERS: a role holds most when something begins to be held, so when one of its ops starts.

    A budget belongs to an operation; operations of one role agree on it.
    """
    limits = space.problem.roles
    if limits is None or limits.register_file is None:
        return
    budgets = {op.name: _budget(space, limits, op.name) for op in space.problem.ops}
    _agree(space, budgets)
    _add_file(space, limits, roles, budgets)
    lives = [(op, _end(space, op)) for op in space.problem.ops if op.in_registers and _size(op)]
    for at in space.problem.ops:
        held = [term for op, end in lives for term in _alive(space, op, end, at.name)]
        held += [term for d in space.flows for term in _copies(space, d, at.name)]
        allowed = limits.registers
        unused = [(allowed.step, negated(more)) for more in budgets[at.name]]
        most = allowed.min + allowed.step * len(unused) - allowed.overhead
        space.at_most(held + unused, most)


def _size(op: Op) -> int:
    return op.result.size if op.result is not None else 0


def _budget(space: Space, limits: RoleLimits, name: str) -> list[Literal]:
    """One literal per step above the least budget, each implying the one before it."""
    steps = (limits.registers.max - limits.registers.min) // limits.registers.step
    found = [space.literal(f"{name} has step {i}") for i in range(steps)]
    for less, more in pairwise(found):
        space.claim(less, negated(more))
    return found


def _agree(space: Space, budgets: dict[str, list[Literal]]) -> None:
    for u, ours in budgets.items():
        for v, theirs in budgets.items():
            if u != v:
                for mine, yours in zip(ours, theirs, strict=True):
                    space.claim(negated(mine), yours, space.apart(u, v))


def _add_file(
    space: Space, limits: RoleLimits, roles: Roles, budgets: dict[str, list[Literal]]
) -> None:
    """Threads times budget of every role, in the file."""
    terms: list[tuple[int, Literal]] = []
    for name, speaks in roles.speaks.items():
        for warps, wide in roles.widths[name]:
            there = space.forced("threads", speaks, wide)
            terms.append((32 * warps * limits.registers.min, there))
            terms += [
                (32 * warps * limits.registers.step, space.forced("registers", there, more))
                for more in budgets[name]
            ]
    assert limits.register_file is not None
    space.at_most(terms, limits.register_file)


def _end(space: Space, op: Op) -> Point:
    """A point not before the end of the value's stay in its own role's registers."""
    start = space.start[op.name]
    flows = [d for d in space.flows if d.src == op.name]
    taken = [d for d in flows if takes_registers(space.problem, d)]
    reads = {d: 0 if d in taken else reading(space.problem, d) for d in flows}
    sent = op.latency + op.handoff.issue_send
    latest = max([0, *(d.distance * space.ii + reads[d] for d in flows)])
    end = space.point(f"end of life of {op.name}", 0, start.high + max(latest, sent))
    for d in flows:
        read = space.start[d.dst].plus(d.distance * space.ii + reads[d])
        space.claim(space.late(end, read), space.apart(d.src, d.dst))
        space.claim(space.late(end, start, sent), space.same(d.src, d.dst))
    if not taken:
        space.claim(space.late(end, start, op.latency))
    space.claim(space.late(end, start))
    return end


def _alive(space: Space, op: Op, end: Point, at: str) -> list[tuple[int, Literal]]:
    """The instances of a value that are alive on the role of ``at`` when it starts."""
    if space.same(op.name, at) is False:
        return []
    now, begin = space.start[at], space.start[op.name]
    found = []
    longest = end.high - begin.low + 1
    for k in space.turns(now, begin, 0, longest):
        turn = k * space.ii
        over = space.late(now, end, turn)
        alive = space.forced(
            "alive", space.same(op.name, at), space.late(now, begin, turn), negated(over)
        )
        found.append((_size(op), alive))
    return found


def _copies(space: Space, d: Dependence, at: str) -> list[tuple[int, Literal]]:
    """The copies that a reader on another role holds when ``at``, on the reader's role, starts."""
    source = space.problem.op[d.src]
    length = reading(space.problem, d)
    here = space.same(d.dst, at)
    if not source.in_registers or takes_registers(space.problem, d) or here is False:
        return []
    now, begin = space.start[at], space.start[d.dst]
    found = []
    for k in space.turns(now, begin, 0, length):
        turn = k * space.ii
        begun, over = space.late(now, begin, turn), space.late(now, begin, turn + length)
        apart = space.apart(d.src, d.dst)
        found.append((_size(source), space.forced("copy", apart, here, begun, negated(over))))
    return found
