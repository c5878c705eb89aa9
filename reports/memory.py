"""When the slots of every ring are alive in one period of the steady state."""

from __future__ import annotations

from dataclasses import dataclass

from twill.accounting import Buffer
from twill.reports.period import split
from twill.reports.view import View


@dataclass(frozen=True, slots=True)
class Life:
    """One instance in a slot, from cycle ``begin`` to ``end`` of the period.

    ``iteration``: the offset from the oldest one. Up to cycle ``full`` it is being written.
    """

    begin: int
    end: int
    full: int
    iteration: int
    opened: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """A buffer and the lives in each of its slots."""

    buffer: Buffer
    slots: tuple[tuple[Life, ...], ...]


def rings(view: View, memory: str) -> list[Ring]:
    """The rings in a memory. Iteration i+k is in slot k modulo the ring's depth."""
    return [_ring(view, b) for b in view.usage.buffers if b.memory == memory]


def _ring(view: View, buffer: Buffer) -> Ring:
    ii, depth = view.schedule.ii, view.usage.depth(buffer)
    if buffer.accumulator:
        return Ring(buffer, ((Life(0, ii, 0, 0, opened=False, closed=False),),))
    birth, death = view.usage.life(buffer)
    filled = _filled(view, buffer)
    slots: list[list[Life]] = [[] for _ in range(depth)]
    for begin, end, opened, closed, lap in split(birth, death - birth, ii):
        offset = view.last_stage - birth // ii - lap
        full = filled - (birth // ii + lap) * ii
        life = Life(begin, end, min(max(full, begin), end), offset, opened, closed)
        slots[offset % depth].append(life)
    return Ring(buffer, tuple(tuple(sorted(s, key=lambda life: life.begin)) for s in slots))


def _filled(view: View, buffer: Buffer) -> int:
    """When the ring's first result of iteration 0 is complete."""
    op = view.problem.op[buffer.name]
    return view.place(op.name).start + (0 if op.streaming else op.latency)
