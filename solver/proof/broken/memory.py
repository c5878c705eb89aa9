"""MEMORY and BARRIERS: rings and hand-offs of more slots than there is room for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twill.check.atoms import Clause
from twill.check.period import Invalid
from twill.check.rules.storage import barriers, memory
from twill.solver.proof.candidate import Candidate
from twill.storage import Buffer, read_end

Rows = list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots of every ring, and of every hand-off."""

    rings: dict[str, int]
    handoffs: dict[str, int]

    @property
    def rows(self) -> tuple[Rows, Rows]:
        """What the rules want: rings of more than one slot, hand-offs of any."""
        rings: Rows = [[name, n] for name, n in self.rings.items() if n > 1]
        return rings, [[name, n] for name, n in self.handoffs.items() if n]


def add_memory(candidate: Candidate) -> int:
    """Every memory that is too small, and named barriers that are too few."""
    problem = candidate.period.problem
    new = 0
    for each in problem.memories:
        lines = candidate.usage.memory_lines(each.name)
        if sum(amount for _, amount in lines) > each.capacity:
            new += _add(candidate, "memory", each.name)
    limit = problem.limits.named_barriers
    if problem.roles is not None and limit is not None and candidate.usage.named_barriers > limit:
        new += _add(candidate, "barriers")
    return new


def _add(candidate: Candidate, rule: str, *which: str) -> int:
    check: Callable[..., Clause] = memory if rule == "memory" else barriers

    def too_much(slots: Slots) -> bool:
        try:
            check(candidate.period, *which, *slots.rows)
        except Invalid:
            return False
        return True

    slots = _fewest(candidate, too_much)
    new = sum(_add_ring(candidate, name, n) for name, n in slots.rings.items() if n > 1)
    new += sum(_add_handoff(candidate, name, n) for name, n in slots.handoffs.items() if n)
    return new + candidate.axioms.add(rule, *which, *slots.rows)


def _fewest(candidate: Candidate, too_much: Callable[[Slots], bool]) -> Slots:
    """Slots that are too many, and would not be with one less anywhere."""
    usage, op = candidate.usage, candidate.period.problem.op
    slots = Slots(
        {ring.name: usage.depth(ring) for ring in usage.buffers},
        {
            name: usage.handoff_depth(name) if op[name].in_registers else 1
            for name in usage.handed_off
        },
    )
    for counts, least in ((slots.handoffs, 0), (slots.rings, 1)):
        for name in counts:
            while counts[name] > least:
                counts[name] -= 1
                if not too_much(slots):
                    counts[name] += 1
                    break
    return slots


def _add_ring(candidate: Candidate, name: str, slots: int) -> int:
    """The write and the read that are furthest apart."""
    ring = candidate.period.rings[name]
    first = min(ring.members, key=lambda member: _begin(candidate, ring, member))
    last = max(_ends(candidate, ring))[1]
    return candidate.axioms.add("deep", name, slots, first, last)


def _begin(candidate: Candidate, ring: Buffer, member: str) -> int:
    op = candidate.period.problem.op[member]
    start = candidate.start[member] + ring.members[member] * candidate.period.ii
    return start - (op.latency if op.streaming else 0)


def _ends(candidate: Candidate, ring: Buffer) -> list[tuple[int, list[str | int]]]:
    """What ends a life, and when."""
    period = candidate.period
    found: list[tuple[int, list[str | int]]] = []
    for member, lag in ring.members.items():
        op = period.problem.op[member]
        start = candidate.start[member] + lag * period.ii
        found.append((start + (0 if op.streaming else op.latency), [member]))
        for number in period.flows_from[member]:
            d = period.dependences[number]
            read = candidate.start[d.dst] + (d.distance + lag) * period.ii
            found.append((read + read_end(period.problem, d), [member, number]))
    return found


def _add_handoff(candidate: Candidate, name: str, slots: int) -> int:
    """The reader on another role that reads last."""
    period = candidate.period
    readers = [
        (candidate.start[d.dst] + d.distance * period.ii + read_end(period.problem, d), number)
        for number in period.flows_from[name]
        for d in [period.dependences[number]]
        if candidate.usage.crosses(d)
    ]
    return candidate.axioms.add("sent", name, slots, max(readers)[1])
