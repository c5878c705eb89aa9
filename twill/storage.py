"""What storage asks of every schedule: dependences that in-place results imply, and rings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twill.problem import Dependence, Op, Problem


def read_end(problem: Problem, dependence: Dependence) -> int:
    """Cycles after the reader's start until it has finished reading the source."""
    if dependence.read_until is not None:
        return dependence.read_until
    return problem.op[dependence.dst].latency


def takes_over(problem: Problem, dependence: Dependence) -> bool:
    """Whether the reader takes over the source's storage, both being in registers."""
    reader = problem.op[dependence.dst]
    place = reader.in_place
    return (
        dependence.kind == "flow"
        and place is not None
        and (place.op, place.distance) == (dependence.src, dependence.distance)
        and reader.in_registers
        and problem.op[dependence.src].in_registers
    )


def reads_registers(problem: Problem, dependence: Dependence) -> bool:
    """Whether an engine reads a value where it lies in registers, and leaves it there."""
    return (
        dependence.kind == "flow"
        and problem.op[dependence.src].in_registers
        and problem.op[dependence.dst].asynchronous
        and not takes_over(problem, dependence)
    )


def implied_dependences(problem: Problem) -> tuple[Dependence, ...]:
    """What in-place results imply: every other reader of the old value finishes first."""
    readers = readers_of(problem.dependences)
    implied: list[Dependence] = []
    for op in problem.ops:
        place = op.in_place
        if place is None:
            continue
        reads_it = False
        for reader in readers[place.op]:
            if reader.dst == op.name:
                reads_it |= reader.distance == place.distance
                continue
            if problem.op[reader.dst].in_place == place:
                continue  # takes over another part of the same storage
            distance = place.distance - reader.distance
            delay = read_end(problem, reader)
            implied.append(Dependence(reader.dst, op.name, delay, distance, "anti"))
        if not reads_it:
            written = problem.op[place.op].latency
            implied.append(Dependence(place.op, op.name, written, place.distance, "output"))
    return tuple(implied)


def constraint_dependences(problem: Problem) -> tuple[Dependence, ...]:
    """All dependences a schedule must respect: the stated ones and the implied ones."""
    return problem.dependences + implied_dependences(problem)


def readers_of(dependences: Iterable[Dependence]) -> dict[str, list[Dependence]]:
    """The flow dependences by the value that they read."""
    readers: dict[str, list[Dependence]] = defaultdict(list)
    for dependence in dependences:
        if dependence.kind == "flow":
            readers[dependence.src].append(dependence)
    return readers


@dataclass(frozen=True, slots=True)
class Buffer:
    """Results in one memory that share one ring, one taking over the storage of another.

    ``members`` maps each result to the iterations by which it lags the first one.
    ``accumulator``: the storage passes from iteration to iteration; its depth is 1.
    """

    name: str
    memory: str
    size: int
    members: Mapping[str, int]
    accumulator: bool


def buffers(problem: Problem) -> tuple[Buffer, ...]:
    """The rings of a problem, in program order of their first results."""
    heads: dict[str, str] = {}
    lags: dict[str, int] = {}
    cyclic: set[str] = set()
    stored = [op for op in problem.ops if op.result is not None and not op.in_registers]
    for op in stored:
        heads[op.name], lags[op.name], looped = _head(problem, op)
        if looped:
            cyclic.add(heads[op.name])
    groups: dict[str, list[Op]] = defaultdict(list)
    for op in stored:
        groups[heads[op.name]].append(op)
    return tuple(
        Buffer(
            name=head,
            memory=_space(members[0]),
            size=max(op.result.size for op in members if op.result is not None),
            members={op.name: lags[op.name] for op in members},
            accumulator=head in cyclic,
        )
        for head, members in groups.items()
    )


def _space(op: Op) -> str:
    assert op.result is not None
    return op.result.space


def _head(problem: Problem, op: Op) -> tuple[str, int, bool]:
    """The first result in whose storage ``op`` ends up, the lag to it, whether it is a cycle."""
    trail: dict[str, int] = {}
    current, lag = op, 0
    while current.name not in trail:
        trail[current.name] = lag
        place = current.in_place
        if place is None:
            return current.name, lag, False
        source = problem.op[place.op]
        if source.result is None or source.result.space != _space(op):
            return current.name, lag, False
        current, lag = source, lag + place.distance
    cycle = list(trail)[list(trail).index(current.name) :]
    return min(cycle, key=list(problem.op).index), 0, True
