"""Engines: they are started by a warp, complete on their own, and arrive on barriers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twill.simulate.mbarrier import ENGINE
from twill.simulate.storage import Entry, Part, Queue

if TYPE_CHECKING:
    from twill.simulate.machine import Machine
    from twill.simulate.warp import Warp


@dataclass(slots=True)
class Work:
    """An asynchronous operation of one iteration: the shares of the warps that started it."""

    parts: list[Part] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


class Engines:
    """What is under way. Where an engine completes in order, a part waits for those before it."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.plan = machine, machine.plan
        self.work: dict[tuple[str, int], Work] = defaultdict(Work)
        self.lines: dict[Queue, list[Part]] = defaultdict(list)

    def start(self, warp: Warp, name: str, iteration: int, begun: int) -> None:
        """A warp's share of an operation; its engine begins at ``begun``."""
        queue = self.plan.queue(name)
        line = None if queue is None else (warp.role.name, queue, warp.number)
        part = Part(name, iteration, warp.number, line)
        m, work = self.machine, self.work[name, iteration]
        content = m.data.operate(warp, name, iteration, part)
        work.parts.append(part)
        work.entries += m.data.put(warp, (name, iteration), content, None, part)
        warp.under_way[self.plan.engine(name)].append(part)
        if line is not None:
            self.lines[line].append(part)
        end = begun + m.latencies.latency(self.plan.problem.op[name].latency)
        m.at(end, lambda: self._due(part), kept_back=m.latencies.holds(name))
        m.trace.busy(name, iteration, begun, end)

    def _due(self, part: Part) -> None:
        """An engine is through with a part."""
        part.due = True
        if part.queue is None:
            self._done(part)
            return
        line = self.lines[part.queue]
        while line and line[0].due:
            self._done(line.pop(0))

    def _done(self, part: Part) -> None:
        part.done = True
        work = self.work[part.op, part.iteration]
        for entry in work.entries:
            if entry.writer is part:
                entry.ready = self.machine.now
        shares = 1 if self.plan.by_one(part.op) else self.plan.warps[self.plan.role_of[part.op]]
        if len(work.parts) == shares and all(p.done for p in work.parts):
            self._signal(part.op, part.iteration)

    def _signal(self, name: str, iteration: int) -> None:
        m = self.machine
        for signal in self.plan.runs[name].signals:
            if iteration >= signal.lag:
                m.arrive(signal.barrier, name, (name, ENGINE), iteration - signal.lag, m.now)
