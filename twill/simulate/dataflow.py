"""What operations read and where they leave what they compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twill.simulate.storage import Entry, Part, Reader
from twill.simulate.values import Value

if TYPE_CHECKING:
    from twill.simulate.machine import Machine
    from twill.simulate.warp import Warp


class Dataflow:
    """Reads operands, computes, writes results, each for one warp's share of an operation."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.plan = machine, machine.plan

    def ready(self, warp: Warp, name: str, iteration: int) -> int:
        """When what a warp itself computed for an operation can be used."""
        ready = 0
        for (source, ago), d in self.plan.flows[name].items():
            start = warp.started.get((source, iteration - ago))
            if start is not None and not self.plan.problem.op[source].asynchronous:
                ready = max(ready, start + d.delay)
        return ready

    def at_once(self, warp: Warp, name: str, iteration: int) -> None:
        """An operation of the warp's own instructions."""
        now, op = self.machine.now, self.plan.problem.op[name]
        content = self.operate(warp, name, iteration, None)
        self.put(warp, (name, iteration), content, now + op.latency, None)
        self.machine.trace.busy(name, iteration, now, now + op.latency)

    def operate(self, warp: Warp, name: str, iteration: int, part: Part | None) -> Value:
        """Read the operands and compute."""
        operands, by = {}, (name, iteration, warp.number)
        for source, ago in self.plan.flows[name]:
            until: int | Part = part or self.machine.now + self.plan.reading(name, source)
            operands[source, ago] = self._operand(warp, (source, iteration - ago), by, until)
            if isinstance(until, int) and self.plan.place(source).kind == "ring":
                warp.memory = max(warp.memory, until)
        value = self.machine.values.result(name, iteration, operands)
        self.machine.results[name, iteration] = value
        return value

    def _operand(self, warp: Warp, tag: tuple[str, int], by: Reader, until: int | Part) -> Value:
        """One operand, from where this warp finds it."""
        plan = self.plan
        place = plan.place(tag[0])
        if place.kind == "registers" and plan.role_of[tag[0]] != warp.role.name:
            place = plan.received(tag[0], by[0])
        if tag[1] < 0 and place.kind != "received" and not place.accumulator:
            return self.machine.values.initial(tag[0])
        parts = plan.parts(by[0], warp.number, place, writes=False)
        storage, now = self.machine.storage, self.machine.now
        found = [storage.read(place, tag, part, by, until, now) for part in parts]
        return found[0]

    def put(
        self, warp: Warp, tag: tuple[str, int], content: Value, ready: int | None, part: Part | None
    ) -> list[Entry]:
        """Write a result where it belongs; complete at ``ready``, or with the engine's part."""
        place = self.plan.place(tag[0])
        by, made = (*tag, warp.number), []
        for share in self.plan.parts(tag[0], warp.number, place, writes=True):
            agents = set(self.plan.agents(*tag, share))
            entry = Entry(*tag, content, ready, part, warp.number, agents)
            self.machine.storage.write(place, entry, share, by, self.machine.now)
            made.append(entry)
        if ready is not None and place.kind == "ring":
            warp.memory = max(warp.memory, ready)
        return made
