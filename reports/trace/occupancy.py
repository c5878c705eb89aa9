"""Registers and memory over a run: what is alive when, as counters."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator

from twill.accounting import Usage, read_end
from twill.problem import Memory
from twill.reports.trace.events import Counter
from twill.reports.view import View
from twill.text import visible

Life = tuple[int, int, int]
"""Alive from one cycle to another of iteration 0, and how much it takes."""


def register_counters(view: View, iterations: int) -> list[Counter]:
    """Per role the registers of a thread that are in use, the overhead included."""
    limits = view.problem.roles
    if limits is None:
        return []
    return [
        Counter(
            f"registers {visible(role.name)}",
            "per thread",
            _steps(_held(view.usage, role.name), view, iterations, limits.registers.overhead),
        )
        for role in view.schedule.roles
    ]


def memory_counters(view: View, iterations: int) -> list[Counter]:
    """Per memory what is alive in it; what is allocated throughout counts all the time."""
    return [
        Counter(
            visible(memory.name),
            visible(memory.unit),
            _steps(_alive(view.usage, memory), view, iterations, _throughout(view.usage, memory)),
        )
        for memory in view.problem.memories
        if view.usage.memory_lines(memory.name)
    ]


def _held(usage: Usage, role: str) -> Iterator[Life]:
    for arc in usage.register_arcs:
        if arc.role == role:
            yield arc.begin, arc.end, arc.size


def _alive(usage: Usage, memory: Memory) -> Iterator[Life]:
    """Slots of rings and hand-offs, from their first write to their last read."""
    problem = usage.problem
    for buffer in usage.buffers:
        if buffer.memory == memory.name and not buffer.accumulator:
            begin = min(
                usage.start[name] + lag * usage.ii - (op.latency if op.streaming else 0)
                for name, lag in buffer.members.items()
                for op in [problem.op[name]]
            )
            yield begin, begin + usage.lifetime(buffer), buffer.size
    if problem.roles is None or problem.roles.handoff_memory != memory.name:
        return
    for name, readers in usage.handed_off.items():
        op = problem.op[name]
        if op.in_registers and op.handoff.bytes:
            ends = (
                usage.start[d.dst] + d.distance * usage.ii + read_end(problem, d) for d in readers
            )
            yield usage.start[name], max(ends), op.handoff.bytes


def _throughout(usage: Usage, memory: Memory) -> int:
    """Loop-invariant values, accumulators and barriers."""
    problem = usage.problem
    total = sum(value.size for value in problem.invariants if value.space == memory.name)
    total += sum(b.size for b in usage.buffers if b.accumulator and b.memory == memory.name)
    if problem.roles is not None and problem.roles.handoff_memory == memory.name:
        total += usage.mbarriers * problem.limits.mbarrier_bytes
    return total


def _steps(lives: Iterable[Life], view: View, iterations: int, base: int) -> list[tuple[int, int]]:
    """The sum of what is alive wherever it changes, from the begin of the run on."""
    first = view.first_stage * view.schedule.ii
    changes: Tally[int] = Tally({first: 0})
    for begin, end, size in lives:
        for i in range(iterations):
            shift = i * view.schedule.ii
            changes[max(first, begin + shift)] += size
            changes[max(first, end + shift)] -= size
    samples, value = [], base
    for cycle in sorted(changes):
        if changes[cycle] or cycle == first:
            value += changes[cycle]
            samples.append((cycle, value))
    return samples
