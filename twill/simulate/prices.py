"""What waits, sends, arrivals and syncs take: what the schedule has priced, and what not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from twill.accounting import Usage
from twill.lower.events import SyncCosts
from twill.lower.program import Arrive, Drain, Instruction, Run, Sync, Wait, WarpProgram
from twill.problem import Dependence, Problem


class Prices:
    """Cycles of streams, and of arrivals on their way."""

    def __init__(
        self, problem: Problem, program: WarpProgram, role_of: Mapping[str, str], costs: SyncCosts
    ) -> None:
        self.problem, self.program, self.role_of, self.costs = problem, program, role_of, costs
        self.usage = Usage(problem, program.ii, {}, role_of)
        self._read_by: dict[str, list[Dependence]] = defaultdict(list)
        for d in problem.dependences:
            if d.kind == "flow":
                self._read_by[d.dst].append(d)

    @cached_property
    def wait(self) -> dict[str, int]:
        """Cycles of its role's stream that the waits of an operation take."""
        return {op.name: self.usage.wait(op.name) for op in self.problem.ops}

    @cached_property
    def send(self) -> dict[str, int]:
        """Cycles of its role's stream that handing off its result takes."""
        return {op.name: self.usage.send(op.name) for op in self.problem.ops}

    @cached_property
    def blocks(self) -> dict[str, bool]:
        """Which operations begin with a blocking wait."""
        return {op.name: self.usage.blocks(op.name) for op in self.problem.ops}

    @cached_property
    def way(self) -> dict[tuple[str, str], int]:
        """By barrier and party: cycles until those who wait for it see the arrival."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for role in self.program.roles:
            for i in role.body:
                if isinstance(i, Wait):
                    for party, cycles in self._on_the_way(i, role.name):
                        key = (i.barrier, party)
                        found[key] = max(found[key], cycles)
        return found

    def _on_the_way(self, wait: Wait, role: str) -> Iterator[tuple[str, int]]:
        """A value takes what its hand-off takes, any other arrival what the machine says."""
        for d in self._read_by[wait.before]:
            if self.role_of[d.src] != role:
                yield d.src, self.problem.op[d.src].handoff.latency
        if self.added(wait):
            for party in self._parties[wait.barrier]:
                yield party, max(0, self.costs.one_way - self.costs.wait)

    @cached_property
    def _parties(self) -> dict[str, set[str]]:
        """After which operations, or by whose engines, a barrier is arrived on."""
        found: dict[str, set[str]] = defaultdict(set)
        for role in self.program.roles:
            for i in role.body:
                if isinstance(i, Arrive):
                    found[i.barrier].add(i.after)
                elif isinstance(i, Run):
                    for signal in i.signals:
                        found[signal.barrier].add(i.op)
        return found

    def added(self, i: Instruction) -> int:
        """Cycles of a stream that an instruction takes which the schedule has not priced.

        It has priced waits for values of other roles and for asynchronous ones: these are in
        the cost of the operation that needs them, as sends are.
        """
        match i:
            case Wait() | Drain():
                return 0 if self.priced(i) else self.costs.wait
            case Arrive(barrier=barrier, after=after):
                return 0 if barrier == f"{after}.full" else self.costs.arrive
            case Sync():
                return self.costs.sync
        return 0

    def priced(self, i: Wait | Drain) -> bool:
        """Whether what a wait takes is in the cost of the operation in front of which it is."""
        if isinstance(i, Drain):
            return self._priced(i.op, i.before)
        value = i.barrier.removesuffix(".full")
        return value != i.barrier and self._priced(value, i.before)

    def _priced(self, source: str, reader: str) -> bool:
        found = [d for d in self._read_by[reader] if d.src == source]
        return any(d.blocking or self.usage.crosses(d) for d in found)
