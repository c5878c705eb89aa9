"""What a memory really holds: iterations written out one after another and counted.

Nothing is taken modulo anything: every instance of every value of ``ITERATIONS`` iterations has
its first and last cycle, and a cycle in the middle of the run is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from twill.problem import Dependence, Problem
from twill.schedule import Schedule
from twill.solver.paper import PaperOutcome
from twill.solver.paper.normalise import scaled
from twill.solver.paper.reading import read_problem
from twill.storage import read_end

Release = Literal["issue", "finish"]

ITERATIONS = 12


@dataclass(frozen=True, slots=True)
class Peak:
    """The most that is held at once, at which cycle, and by what."""

    amount: int
    cycle: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Starts, the period, and for each value of a memory its size and its readers.

    ``readers``: by value, (reader, distance, cycles after its start until it has read).
    """

    ii: int
    start: Mapping[str, int]
    size: Mapping[str, int]
    readers: Mapping[str, tuple[tuple[str, int, int], ...]]

    def lives(self) -> Iterator[tuple[str, int, int]]:
        """Every instance with its first and (exclusive) last cycle."""
        for value in self.size:
            for i in range(ITERATIONS):
                born = self.start[value] + i * self.ii
                ends = [self.start[r] + (i + d) * self.ii + n for r, d, n in self.readers[value]]
                yield f"{value}@{i}", born, max([born, *ends])

    def peak(self) -> Peak:
        """The most held in one period in the middle, when all iterations around it exist."""
        lives = list(self.lives())
        middle = ITERATIONS // 2 * self.ii + min(self.start.values())
        best = Peak(0, 0, ())
        for cycle in range(middle, middle + self.ii):
            held = [name for name, born, end in lives if born <= cycle < end]
            amount = sum(self.size[name.rpartition("@")[0]] for name in held)
            if amount > best.amount:
                best = Peak(amount, cycle, tuple(held))
        return best


def paper_timeline(
    problem: Problem, outcome: PaperOutcome, memory: str, release: Release
) -> Timeline:
    """An answer of profile ``paper``, in its own cycles, each value in storage of its own.

    ``release``: an operand is free when its reader starts (``issue``) or has read (``finish``).
    What an operation writes over in place is free when it starts, either way.
    """
    found, to = outcome.solution, outcome.normalisation
    assert found is not None
    assert to is not None
    options = replace(outcome.options, release=release)
    program = scaled(read_problem(problem, options), to)
    size = {op.name: op.footprint[memory] for op in program.ops if memory in op.footprint}
    readers = {
        value: tuple((e.dst, e.distance, e.reading) for e in program.readers[value])
        for value in size
    }
    return Timeline(found.ii, found.start, size, readers)


def machine_timeline(problem: Problem, schedule: Schedule, memory: str) -> Timeline:
    """A schedule in machine cycles, by the same rules; operands are held until read."""
    size = {
        op.name: op.result.size
        for op in problem.ops
        if op.result is not None and op.result.space == memory
    }
    readers = {
        value: tuple(_reader(problem, d) for d in problem.dependences if _reads(d, value))
        for value in size
    }
    start = {name: placed.start for name, placed in schedule.ops.items()}
    return Timeline(schedule.ii, start, size, readers)


def _reads(dependence: Dependence, value: str) -> bool:
    return dependence.kind == "flow" and dependence.src == value


def _reader(problem: Problem, d: Dependence) -> tuple[str, int, int]:
    place = problem.op[d.dst].in_place
    taken = place is not None and (place.op, place.distance) == (d.src, d.distance)
    return d.dst, d.distance, 0 if taken else read_end(problem, d)
