"""One warp: where it is in its role's program, and what every instruction does to the machine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twill.lower.program import (
    Arrive,
    Drain,
    Instruction,
    Receive,
    RoleProgram,
    Run,
    Send,
    Sync,
    Wait,
)
from twill.simulate.storage import Entry, Part

if TYPE_CHECKING:
    from twill.simulate.machine import Machine


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction that a warp executes: the iteration, and whether its body is complete."""

    instruction: Instruction
    iteration: int
    steady: bool


def steps(role: RoleProgram, trips: int) -> tuple[Step, ...]:
    """Everything that a warp of a role executes, in order."""
    offsets = [i.offset for i in role.body]
    found: list[Step] = []
    for t in range(role.first, role.last(trips) + 1):
        steady = bool(offsets) and t + min(offsets) >= 0 and t + max(offsets) < trips
        found += [Step(i, t + i.offset, steady) for i in role.body if 0 <= t + i.offset < trips]
    return tuple(found)


@dataclass(slots=True)
class Later:
    """Not before a cycle."""

    cycle: int


class Blocked:
    """Not before something else has happened."""


BLOCKED = Blocked()
Hindrance = Later | Blocked | None
"""Why an instruction was not executed; None if it was."""


@dataclass(slots=True)
class Warp:
    """A warp of a role. Cycles: when its stream, and its own uses of memory, are over.

    ``waits_for``: the operation for which it waits already, by a wait that the schedule has
    priced; ``paid``: its stream has been kept as long as the schedule says for that.
    """

    role: RoleProgram
    number: int
    steps: tuple[Step, ...]
    at: int = 0
    busy: int = 0
    blocking: int = 0
    last_start: int = 0
    memory: int = 0
    waits_for: str = ""
    paid: bool = False
    paused_at: int = -1
    not_before: int = 0
    reached: int | None = None
    under_way: dict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    met: int = 0
    meeting: bool = False
    started: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether it has executed everything."""
        return self.at >= len(self.steps)

    @property
    def step(self) -> Step:
        """What it executes next."""
        return self.steps[self.at]


class Executor:
    """Executes one warp's next instruction, if it can be executed now."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def execute(self, warp: Warp) -> Hindrance:
        """Execute, or say what is in the way."""
        step = warp.step
        match step.instruction:
            case Run() as run:
                return self._run(warp, run, step.iteration)
            case Wait() as wait:
                return self._wait(warp, wait, step.iteration)
            case Drain() as drain:
                return self._drain(warp, drain, step)
            case Sync() as sync:
                return self._sync(warp, sync)
            case Arrive() as arrive:
                self._arrive(warp, arrive, step.iteration)
            case Send() as send:
                self._send(warp, send, step.iteration)
            case Receive() as receive:
                self._receive(warp, receive, step.iteration)
        return None

    # Operations

    def _run(self, warp: Warp, run: Run, iteration: int) -> Hindrance:
        m = self.machine
        plan = m.plan
        if not plan.takes_part(run.op, warp.number):
            return None
        start = self._start(warp, run.op, iteration)
        if start > m.now:
            return Later(start)
        if not m.is_its_turn(run.op, iteration):
            return BLOCKED
        op = plan.problem.op[run.op]
        begun = m.engine_start(run.op, iteration)
        if not op.asynchronous and begun > m.now:
            return Later(begun)
        if op.asynchronous:
            m.engines.start(warp, run.op, iteration, max(begun, m.now))
        else:
            m.data.at_once(warp, run.op, iteration)
        end = m.now + op.issue + plan.prices.send[run.op]
        warp.started[run.op, iteration] = m.now
        warp.waits_for, warp.paid = "", False
        warp.last_start, warp.busy = m.now, max(warp.busy, end)
        if plan.prices.blocks[run.op]:
            warp.blocking = max(warp.blocking, end)
        return None

    def _start(self, warp: Warp, name: str, iteration: int) -> int:
        """The first cycle at which the stream is free and its own earlier results are usable."""
        plan = self.machine.plan
        if plan.prices.blocks[name]:
            paid = warp.paid and warp.waits_for == name
            start = warp.busy + (0 if paid else plan.prices.wait[name])
        else:
            start = max(warp.blocking, warp.last_start)
        return max(start, self.machine.data.ready(warp, name, iteration))

    # Synchronisation

    def _wait(self, warp: Warp, wait: Wait, iteration: int) -> Hindrance:
        m = self.machine
        instance = iteration - wait.lag
        self._stand(warp, wait)
        if not 0 <= instance < m.plan.trips or (wait.issuer and warp.number != 0):
            return None
        barrier = m.barriers[wait.barrier]
        if barrier.confused(instance):
            m.phases_confused(warp, wait.barrier, instance)
        if not barrier.passes(instance):
            return BLOCKED
        self._take(warp, wait)
        return None

    def _stand(self, warp: Warp, instruction: Wait | Drain) -> None:
        """Before a wait: one that the schedule has priced begins that of its operation."""
        if instruction.issuer and warp.number != 0:
            return
        if self.machine.plan.prices.priced(instruction) and warp.waits_for != instruction.before:
            warp.waits_for, warp.paid = instruction.before, False

    def _take(self, warp: Warp, instruction: Instruction) -> None:
        """What it takes of the stream, where the schedule has not priced that.

        What the schedule has priced comes first where its wait stands in front: it may be over
        by the time that wait is. An arrival comes after what blocks, and does not block itself.
        """
        prices, lead = self.machine.plan.prices, 0
        cycles = prices.added(instruction)
        if not cycles:
            return
        if warp.waits_for and not warp.paid:
            lead, warp.paid = prices.wait[warp.waits_for], True
        before = warp.blocking if isinstance(instruction, Arrive) else warp.busy
        end = max(before + lead, self.machine.now) + cycles
        warp.busy = max(warp.busy + lead, end)
        if not isinstance(instruction, Arrive):
            warp.blocking = end

    def _drain(self, warp: Warp, drain: Drain, step: Step) -> Hindrance:
        """All but the latest few that it started on the engine must be complete."""
        self._stand(warp, drain)
        if step.iteration < drain.lag or (drain.issuer and warp.number != 0):
            return None
        parts = warp.under_way[drain.queue]
        while parts and parts[0].done:
            parts.pop(0)
        allowed = drain.pending if step.steady else drain.certain
        earlier = parts[: max(0, len(parts) - allowed)]
        if not all(part.done for part in earlier):
            return BLOCKED
        self._take(warp, drain)
        return None

    def _sync(self, warp: Warp, sync: Sync) -> Hindrance:
        """Warps meet once their own stores can be seen and their own loads are over."""
        if warp.memory > self.machine.now:
            return Later(warp.memory)
        if not warp.meeting:
            warp.meeting, warp.met = True, warp.met + 1
        others = self.machine.warps_of(warp.role.name)
        if any(other.met < warp.met for other in others):
            return BLOCKED
        warp.meeting = False
        self._take(warp, sync)
        return None

    def _arrive(self, warp: Warp, arrive: Arrive, iteration: int) -> None:
        m = self.machine
        party = (warp.role.name, warp.number)
        at = max(m.now, warp.memory)
        m.arrive(arrive.barrier, arrive.after, party, iteration, at)
        self._take(warp, arrive)

    # Hand-offs

    def _send(self, warp: Warp, send: Send, iteration: int) -> None:
        m = self.machine
        held, ring = m.plan.place(send.value), m.plan.sent(send.value)
        by = (f"sending {send.value}", iteration, warp.number)
        tag = (send.value, iteration)
        entry = m.storage.find(held, tag, warp.number, by)
        ready = max(m.now, entry.ready if entry.ready is not None else m.now)
        content = m.storage.read(held, tag, warp.number, by, ready, ready)
        one = m.plan.warps[warp.role.name] == 1
        for part in range(2) if one else (warp.number,):
            readers = set(m.plan.receivers(send.value, iteration))
            made = Entry(send.value, iteration, content, ready, None, warp.number, readers)
            m.storage.write(ring, made, part, by, m.now)
        warp.memory = max(warp.memory, ready)

    def _receive(self, warp: Warp, receive: Receive, iteration: int) -> None:
        m = self.machine
        name, of = receive.value, iteration - receive.lag
        by = (f"receiving {name} for {receive.reader}", iteration, warp.number)
        if of < 0:
            content = m.values.initial(name)
        else:
            ring = m.plan.sent(name)
            found = [m.storage.read(ring, (name, of), part, by, m.now, m.now) for part in range(2)]
            content = found[0]
        reader = (receive.reader, iteration, warp.number)
        remaining = {reader} if m.plan.takes_part(receive.reader, warp.number) else set()
        entry = Entry(name, of, content, m.now, None, warp.number, remaining)
        m.storage.write(m.plan.received(name, receive.reader), entry, warp.number, by, m.now)
