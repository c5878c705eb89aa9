"""The programs under construction: instructions of every role, each at its place in the period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from twill.accounting import Usage
from twill.lower.program import Instruction, Receive, Run, Send
from twill.lower.required import Ordering

WAIT, SYNC, LOAD, RUN, BEFORE_SEND, SEND, FULL, EMPTY, LATER = range(9)
"""Places around an operation, in order."""


@dataclass(slots=True)
class Entry:
    """An instruction and where it stands: ``time`` in cycles of iteration 0, then ``place``.

    ``rank`` orders operations that start in the same cycle.
    """

    instruction: Instruction
    cycle: int
    rank: int
    place: int

    @property
    def key(self) -> tuple[int, int, int]:
        """Where in the body it stands."""
        return self.cycle, self.rank, self.place


@dataclass(slots=True)
class Streams:
    """Every role's body. ``top``: the stage whose operations have offset 0."""

    usage: Usage
    top: int
    body: dict[str, list[Entry]] = field(default_factory=dict)
    rank: dict[str, int] = field(default_factory=dict)

    def time(self, name: str) -> int:
        """When an operation is issued; a streaming load runs ahead of when its data is used."""
        op = self.usage.problem.op[name]
        return self.usage.start[name] - (op.latency if op.streaming else 0)

    def at(self, time: int) -> tuple[int, int]:
        """Cycle and offset of what happens at ``time`` in iteration 0."""
        stage, cycle = divmod(time, self.usage.ii)
        return cycle, self.top - stage

    def where(self, name: str) -> tuple[int, int]:
        """Cycle and offset of an operation."""
        return self.at(self.time(name))

    def insert(self, role: str, instruction: Instruction, rank: int, place: int) -> Entry:
        """Put an instruction behind everything that has the same place."""
        entry = Entry(instruction, instruction.cycle, rank, place)
        body = self.body[role]
        index = next((i for i, e in enumerate(body) if e.key > entry.key), len(body))
        body.insert(index, entry)
        return entry

    def around(self, name: str, instruction: Instruction, place: int) -> Entry:
        """Put an instruction beside an operation of its role."""
        return self.insert(self.usage.role[name], instruction, self.rank[name], place)

    def remove(self, entry: Entry) -> None:
        """Take an instruction out again."""
        for body in self.body.values():
            body[:] = [e for e in body if e is not entry]

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Every instruction with its role."""
        for role, body in self.body.items():
            for entry in body:
                yield role, entry


def streams(usage: Usage, orderings: Sequence[Ordering]) -> Streams:
    """Operations, hand-offs sent and received, with no synchronisation yet."""
    top = max(start // usage.ii for start in usage.start.values())
    made = Streams(usage, top, {role: [] for role in dict.fromkeys(usage.role.values())})
    made.rank = {name: rank for rank, name in enumerate(_in_order(made, orderings))}
    for name in made.rank:
        cycle, offset = made.where(name)
        made.around(name, Run(name, offset, cycle), RUN)
        if name in usage.handed_off and usage.problem.op[name].in_registers:
            made.around(name, Send(name, offset, cycle), SEND)
            for d in usage.handed_off[name]:
                cycle_, offset_ = made.where(d.dst)
                made.around(d.dst, Receive(name, offset_, cycle_, d.distance, d.dst), LOAD)
    return made


def _in_order(streams: Streams, orderings: Sequence[Ordering]) -> list[str]:
    """Operations in an order that decides between those issued in the same cycle."""
    ii = streams.usage.ii
    needs: dict[str, set[str]] = {op.name: set() for op in streams.usage.problem.ops}
    for o in orderings:
        if streams.time(o.src) == streams.time(o.dst) + o.distance * ii and o.src != o.dst:
            needs[o.dst].add(o.src)
    order: list[str] = []
    done: set[str] = set()
    waiting = list(needs)
    while waiting:
        ready = next((n for n in waiting if needs[n] <= done), waiting[0])
        waiting.remove(ready)
        done.add(ready)
        order.append(ready)
    return order
