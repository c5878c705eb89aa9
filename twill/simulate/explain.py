"""From what happened in the machine to a sentence that says what is missing in the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twill.lower.program import Arrive, Drain, Receive, Run, Send, Sync, Wait
from twill.simulate.finding import Finding, spoken
from twill.simulate.mbarrier import ENGINE, Party, named
from twill.simulate.memory import Hazard

if TYPE_CHECKING:
    from twill.simulate.machine import Machine
    from twill.simulate.warp import Warp


class Explainer:
    """Explains what a machine ran into."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def hazard(self, warp: Warp, hazard: Hazard) -> Finding:
        """A value read or overwritten out of order by a warp's present instruction."""
        step = warp.step
        if hazard.kind == "read too early":
            help_ = self._for_reading(warp, hazard)
        else:
            help_ = self._for_overwriting(warp, hazard)
        return Finding(
            hazard.kind,
            warp.role.name,
            warp.number,
            self.machine.now,
            spoken(step.instruction, step.iteration),
            step.iteration,
            hazard.message,
            help_,
        )

    def _for_reading(self, warp: Warp, hazard: Hazard) -> str:
        here, value = self._reader(warp), hazard.value
        plan = self.machine.plan
        if plan.role_of.get(value) != warp.role.name:
            present = self._wait_for(warp, value, here)
            if present:
                return f"the wait for {present} in front of {here} does not see to it"
            return f"a wait in front of {here}, for a barrier on which {value} arrives, would help"
        if plan.problem.op[value].asynchronous:
            return f"a drain of {value} in front of {here}, and a sync of all warps, would help"
        return f"a sync of the warps of {warp.role.name} in front of {here} would help"

    def _for_overwriting(self, warp: Warp, hazard: Hazard) -> str:
        here, plan = self._reader(warp), self.machine.plan
        other = hazard.other.removeprefix("sending ")
        if other.startswith("receiving "):
            other = other.rpartition(" for ")[2]
        more = f", or more slots than {hazard.slots}" if hazard.slots else ""
        if plan.role_of.get(other) != warp.role.name:
            wait = f"a wait in front of {here}, for a barrier on which {other} arrives"
            return f"{wait}{more}, would help"
        if plan.problem.op[other].asynchronous:
            return (
                f"a drain of {other} in front of {here}, and a sync of all warps{more}, would help"
            )
        return f"a sync of the warps of {warp.role.name} in front of {here}{more} would help"

    def _reader(self, warp: Warp) -> str:
        match warp.step.instruction:
            case Run(op):
                return op
            case Send(value):
                return f"the sending of {value}"
            case Receive(reader=reader):
                return reader
        return "it"

    def _wait_for(self, warp: Warp, value: str, reader: str) -> str | None:
        """A barrier on which a value arrives and for which its reader waits."""
        arrives = {
            i.barrier
            for role in self.machine.plan.program.roles
            for i in role.body
            if isinstance(i, Arrive) and i.after == value
        }
        arrives |= {
            b.barrier.name for b in self.machine.barriers.values() if value in b.barrier.engines
        }
        for i in warp.role.body:
            if isinstance(i, Wait) and i.before == reader and i.barrier in arrives:
                return i.barrier
        return None

    def arrival(self, barrier: str, party: Party, instance: int, wrong: str) -> Finding:
        """An arrival that no phase takes."""
        role = party[0] if party[1] != ENGINE else self.machine.plan.role_of[party[0]]
        message = f"{named(party)} arrives for iteration {instance}, but {wrong}"
        help_ = f"a wait that keeps it back, or one more mbarrier of {barrier}, would help"
        return Finding(
            "arrival out of turn", role, max(party[1], 0), self.machine.now,
            f"the arrival on {barrier}", instance, message, help_,
        )  # fmt: skip

    def phases(self, warp: Warp, barrier: str, instance: int) -> Finding:
        """A wait that sees the parity of another phase."""
        mbarrier, phase = self.machine.barriers[barrier].slot(instance)
        step = warp.step
        message = (
            f"it waits for phase {phase} of an mbarrier that has completed {mbarrier.phase} phases:"
            " the parity is that of another phase"
        )
        return Finding(
            "phases confused", warp.role.name, warp.number, self.machine.now,
            spoken(step.instruction, step.iteration), instance, message,
            f"one more mbarrier of {barrier}, or a wait that keeps its arrivals back, would help",
        )  # fmt: skip

    def hang(self) -> Finding:
        """Nobody can go on: who waits, and for whom."""
        stuck = [warp for warp in self.machine.warps if not warp.done]
        first = stuck[0]
        lines = [self._stuck(warp) for warp in stuck]
        step = first.step
        return Finding(
            "hang", first.role.name, first.number, self.machine.now,
            spoken(step.instruction, step.iteration), step.iteration,
            "nobody can go on: " + "; ".join(lines),
            "an arrival is missing, or its wait is for a wrong iteration",
        )  # fmt: skip

    def _stuck(self, warp: Warp) -> str:
        step = warp.step
        what = spoken(step.instruction, step.iteration)
        who = f"{warp.role.name} (warp {warp.number}) stands before {what}"
        match step.instruction:
            case Wait(barrier=barrier, lag=lag):
                missing = self.machine.barriers[barrier].missing(step.iteration - lag)
                return f"{who}, not arrived: {', '.join(map(self._with_place, missing))}"
            case Drain(queue=queue):
                under_way = [f"{p.op} of iteration {p.iteration}" for p in warp.under_way[queue]]
                return f"{who}, under way: {', '.join(under_way)}"
            case Sync():
                return f"{who}, the other warp is not there"
        return who

    def _with_place(self, party: Party) -> str:
        """A party, and where it is."""
        if party[1] == ENGINE:
            return named(party)
        for warp in self.machine.warps:
            if (warp.role.name, warp.number) == party:
                if warp.done:
                    return f"{named(party)}, which has ended"
                return named(party)
        return named(party)
