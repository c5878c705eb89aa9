"""What must happen in order in a lowered program, whatever the latencies turn out to be.

A schedule keeps its promises by time. A program has no clock: each of these orders must follow
from program order, from an engine that works in order, or from a barrier. They are
the dependences of the problem, the reuse of every slot of a ring, and that of registers, which
nothing but an engine that reads them touches meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from twill.accounting import Usage
from twill.lower.registers import Chain
from twill.problem import Dependence, Op, Problem
from twill.storage import Buffer, reads_registers


@dataclass(frozen=True, slots=True)
class Ordering:
    """``dst`` of iteration i + ``distance`` begins after ``src`` of iteration i is done.

    ``done``: it has completed, or has finished reading. ``full``: it is done for all warps of
    its role, not only for the warp that goes on. ``sent``: the hand-off of ``dst`` begins, not
    dst itself. ``ring``: whose slot is taken again, "" where it is not about reuse. ``shift``:
    src of iteration i uses the slot of iteration i - ``shift``.
    """

    src: str
    dst: str
    distance: int
    kind: Literal["flow", "anti", "reuse", "registers", "turn"]
    full: bool
    ring: str = ""
    shift: int = 0
    sent: bool = False
    in_order: bool = False
    """Whether one engine, working in order, is enough."""


@dataclass(frozen=True, slots=True)
class Turn:
    """``later`` of iteration i + ``distance`` is issued after ``earlier`` of iteration i.

    Two roles that share a unit then use it in the schedule's order, not in that of their arrival.
    """

    earlier: str
    later: str
    distance: int

    def ordering(self) -> Ordering:
        """As a required order."""
        return Ordering(self.earlier, self.later, self.distance, "turn", False)


def is_private(problem: Problem, memory: str) -> bool:
    """Whether a warp reads and writes a part of this memory that no other warp touches.

    Tensor memory: each warp of a warp group has 32 lanes of its own (PTX, tcgen05 access
    restrictions).
    """
    return memory in problem.memory and problem.memory[memory].unit == "columns"


def by_one(op: Op) -> bool:
    """Whether one warp issues the operation for its whole role: an engine that one warp starts."""
    return op.asynchronous and op.warps == 1


def required(usage: Usage, depth: dict[str, int], chains: Sequence[Chain]) -> tuple[Ordering, ...]:
    """Everything that must be in order.

    ``depth``: slots of every ring and hand-off ring.
    """
    found = [
        *_dependences(usage),
        *_ring_reuse(usage, depth),
        *_handoff_reuse(usage, depth),
        *_register_reuse(usage, chains),
        *_received_reuse(usage),
        *_undisturbed(usage),
    ]
    return tuple(dict.fromkeys(found))


def _memory(problem: Problem, name: str) -> str | None:
    result = problem.op[name].result
    return None if result is None or problem.op[name].in_registers else result.space


def _all_warps(problem: Problem, memory: str | None, first: Op, second: Op) -> bool:
    """Whether a use of memory by one operation must be over for all warps before the next."""
    if by_one(first) and not by_one(second):
        return True
    if memory is None:
        return False
    return not is_private(problem, memory) or by_one(first) or by_one(second)


def _dependences(usage: Usage) -> Iterator[Ordering]:
    problem = usage.problem
    for d in usage.dependences:
        src, dst = problem.op[d.src], problem.op[d.dst]
        in_order = src.asynchronous and dst.asynchronous and not d.blocking
        if d.kind == "flow":
            memory = _memory(problem, d.src)
            full = usage.crosses(d) or _all_warps(problem, memory, src, dst)
            yield Ordering(d.src, d.dst, d.distance, "flow", full, in_order=in_order)
        else:
            place = dst.in_place if d.kind != "order" else None
            memory = _memory(problem, place.op) if place is not None else None
            full = usage.crosses(d) or _all_warps(problem, memory, src, dst)
            shift = max(0, place.distance - d.distance) if place is not None else 0
            yield Ordering(
                d.src, d.dst, d.distance, "anti", full, shift=shift, in_order=src.asynchronous
            )


def _uses(problem: Problem, name: str) -> Iterator[Dependence]:
    return (d for d in problem.dependences if d.kind == "flow" and d.src == name)


def _ring_reuse(usage: Usage, depth: dict[str, int]) -> Iterator[Ordering]:
    """The first value of a ring is written again when everything in the slot has been read."""
    for buffer in usage.buffers:
        if buffer.accumulator:
            continue
        for user, lag in _users(usage, buffer):
            yield _reuse(usage, user, buffer.name, depth[buffer.name], lag, buffer)


def _users(usage: Usage, buffer: Buffer) -> Iterator[tuple[str, int]]:
    """Operations that write or read a ring, with the iterations by which they lag its slot."""
    for name, lag in buffer.members.items():
        yield name, lag
        for d in _uses(usage.problem, name):
            yield d.dst, lag + d.distance


def _reuse(usage: Usage, user: str, first: str, slots: int, lag: int, buffer: Buffer) -> Ordering:
    problem = usage.problem
    src, dst = problem.op[user], problem.op[first]
    crosses = usage.role.get(user) != usage.role.get(first)
    full = crosses or _all_warps(problem, buffer.memory, src, dst)
    return Ordering(
        user, first, slots - lag, "reuse", full, buffer.name, lag, in_order=src.asynchronous
    )


def _handoff_reuse(usage: Usage, depth: dict[str, int]) -> Iterator[Ordering]:
    for name, readers in usage.handed_off.items():
        if not usage.problem.op[name].in_registers:
            continue
        for d in readers:
            yield Ordering(
                d.dst, name, depth[name] - d.distance, "reuse", True, name, d.distance, sent=True
            )


def _register_reuse(usage: Usage, chains: Sequence[Chain]) -> Iterator[Ordering]:
    """Registers are written again when everything in them has been read, or handed off."""
    problem = usage.problem
    for chain in chains:
        if chain.accumulator:
            continue
        for user, lag in _register_users(usage, chain):
            src, dst = problem.op[user], problem.op[chain.name]
            full = _all_warps(problem, None, src, dst)
            yield Ordering(
                user, chain.name, chain.copies - lag, "registers", full, shift=lag,
                in_order=src.asynchronous,
            )  # fmt: skip


def _received_reuse(usage: Usage) -> Iterator[Ordering]:
    """An engine has read a role's copy of a value before the next one is received there."""
    for name, readers in usage.handed_off.items():
        if not usage.problem.op[name].in_registers:
            continue
        for d in readers:
            if usage.problem.op[d.dst].asynchronous:
                yield Ordering(d.dst, d.dst, 1, "registers", False)


def _undisturbed(usage: Usage) -> Iterator[Ordering]:
    """Registers that an engine reads are touched by nothing else until it is known to be done.

    Not even read (PTX ISA, wgmma.wait_group). Which of two readers goes first is the schedule's.
    """
    problem, ii, start = usage.problem, usage.ii, usage.start
    for d in problem.dependences:
        if not reads_registers(problem, d):
            continue
        engine = start[d.dst] + d.distance * ii
        for other in _uses(problem, d.src):
            apart = usage.role[other.dst] != usage.role[d.dst]
            if apart or problem.op[other.dst].asynchronous:
                continue
            first, then = d, other
            if start[other.dst] + other.distance * ii <= engine:
                first, then = other, d
            yield Ordering(
                first.dst, then.dst, then.distance - first.distance, "registers", False,
                shift=first.distance,
            )  # fmt: skip


def _register_users(usage: Usage, chain: Chain) -> Iterator[tuple[str, int]]:
    for name, lag in chain.members.items():
        yield name, lag
        for d in _uses(usage.problem, name):
            if not usage.crosses(d):
                yield d.dst, lag + d.distance
