"""What is true of one assignment, atom by atom, from the definitions and by counting instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from twill.check.atoms import Atom, Clause
from twill.problem import Dependence, Op, Problem
from twill.storage import Buffer, buffers


@dataclass
class Facts:
    """Starts, roles and budgets by role; without roles everything is on one."""

    problem: Problem
    ii: int
    start: Mapping[str, int]
    role: Mapping[str, int]
    budget: Mapping[int, int]

    def holds(self, atom: Atom) -> bool:
        """Whether an atom is true of this assignment."""
        return bool(getattr(self, f"_{atom[0]}")(*atom[1:]))

    def satisfies(self, clause: Clause) -> bool:
        """Whether one of the literals is true."""
        return any(self.holds(atom) == wanted for atom, wanted in clause)

    def _after(self, u: str, v: str, cycles: int) -> bool:
        return self.start[v] >= self.start[u] + cycles

    def _same(self, u: str, v: str) -> bool:
        return self.role.get(u) == self.role.get(v)

    def _needs(self, u: str, budget: int) -> bool:
        return self.budget.get(self.role.get(u, 0), 0) >= budget

    def _held(self, u: str, shift: int, w: str) -> bool:
        op, now = self.problem.op[u], self.start[w]
        begin = self.start[u] + shift * self.ii
        if not op.in_registers or not self._same(u, w) or now < begin:
            return False
        return now < begin + self.life(op)

    def life(self, op: Op) -> int:
        """Cycles for which the role of a register value holds it."""
        at_home = [d for d in self.readers(op.name) if self._same(op.name, d.dst)]
        ends = [self._begins(d) + (0 if self.takes(d) else self.reads(d)) for d in at_home]
        if len(at_home) < len(self.readers(op.name)):
            ends.append(op.latency + op.handoff.issue_send)
        if not any(self.takes(d) for d in at_home):
            ends.append(op.latency)
        return max(ends)

    def _begins(self, d: Dependence) -> int:
        return self.start[d.dst] + d.distance * self.ii - self.start[d.src]

    def readers(self, name: str) -> list[Dependence]:
        """The dependences by which a value is read."""
        return [d for d in self.problem.dependences if d.src == name and d.kind == "flow"]

    def reads(self, d: Dependence) -> int:
        """Cycles that a reader reads for."""
        return self.problem.op[d.dst].latency if d.read_until is None else d.read_until

    def takes(self, d: Dependence) -> bool:
        """Whether a reader takes over the registers of what it reads."""
        reader, source = self.problem.op[d.dst], self.problem.op[d.src]
        place = reader.in_place
        if place is None or not (reader.in_registers and source.in_registers):
            return False
        return place.op == d.src and place.distance == d.distance

    def _copied(self, number: int, shift: int, w: str) -> bool:
        d = self.problem.dependences[number]
        if not self.problem.op[d.src].in_registers or self._same(d.src, d.dst) or self.takes(d):
            return False
        begin = self.start[d.dst] + shift * self.ii
        return self._same(d.dst, w) and begin <= self.start[w] < begin + self.reads(d)

    @cached_property
    def rings(self) -> dict[str, Buffer]:
        """Which results share a ring is the problem's, not the schedule's."""
        return {ring.name: ring for ring in buffers(self.problem)}

    def _deep(self, name: str, slots: int) -> bool:
        ring = self.rings[name]
        births, deaths = [], []
        for member, lag in ring.members.items():
            op, start = self.problem.op[member], self.start[member] + lag * self.ii
            births.append(start - op.latency * op.streaming)
            deaths.append(start + op.latency * (not op.streaming))
            for d in self.readers(member):
                reader = self.start[d.dst] + (lag + d.distance) * self.ii
                deaths.append(reader + self.reads(d))
        return slots <= (1 if ring.accumulator else self._at_once(min(births), max(deaths)))

    def _at_once(self, begin: int, end: int) -> int:
        """The most instances of [begin, end) that are alive in one cycle, at least one."""
        reach = range(-30, 31)
        times = [(begin + i * self.ii, end + i * self.ii) for i in reach]
        return max(1, *(sum(b <= t < e for b, e in times) for t in range(self.ii)))

    def _sent(self, name: str, slots: int) -> bool:
        away = [d for d in self.readers(name) if not self._same(name, d.dst)]
        if not away or slots <= 1:
            return bool(away)
        if not self.problem.op[name].in_registers:
            return False
        last = max(self._begins(d) + self.reads(d) for d in away)
        return slots <= self._at_once(self.start[name], self.start[name] + last)
