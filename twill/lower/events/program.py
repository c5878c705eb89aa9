"""From a program to its event graph: streams with every wait, arrivals, drains.

What a schedule has priced (a wait for a value of another role, or for an asynchronous one) keeps
the stream as long as the operation in front of which it stands says. The other waits, drains
and syncs were added by the lowering: each takes a turn of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from twill.accounting import Usage
from twill.events.graph import HANDOFF, Edge, EventGraph, Part
from twill.events.schedule import issued, model_edges, variable
from twill.events.streams import Turn, stream_edges
from twill.lower.events.costs import SyncCosts
from twill.lower.events.names import named
from twill.lower.program import (
    Arrive,
    Drain,
    Instruction,
    RoleProgram,
    Run,
    Send,
    Sync,
    Wait,
    WarpProgram,
)
from twill.problem import Dependence, Op
from twill.storage import read_end


def program_graph(
    usage: Usage,
    program: WarpProgram,
    costs: SyncCosts | None = None,
    without: frozenset[str] = frozenset(),
) -> EventGraph:
    """The events of a program of the schedule that has this usage.

    ``without``: events of synchronisation that are left out, to see what they cost.
    """
    return _Builder(usage, program, costs or SyncCosts(), without).graph()


class _Builder:
    """One graph; ``event`` names the instructions that are events, by role and place."""

    def __init__(
        self, usage: Usage, program: WarpProgram, costs: SyncCosts, without: frozenset[str]
    ) -> None:
        self.usage, self.program, self.costs, self.without = usage, program, costs, without
        self.problem = usage.problem
        self.priced = {
            (d.src, d.dst)
            for d in self.problem.dependences
            if d.kind == "flow" and (d.blocking or usage.crosses(d))
        }
        self.loads: dict[str, list[Dependence]] = defaultdict(list)
        for d in self.problem.dependences:
            if d.kind == "flow" and _in_memory(self.problem.op[d.src]):
                self.loads[d.dst].append(d)
        self.event = named(self.problem, program)
        self.arrivals: dict[str, list[tuple[str, Instruction]]] = defaultdict(list)
        for role in program.roles:
            for place, i in enumerate(role.body):
                for barrier in _arrives_on(i):
                    self.arrivals[barrier].append((self.event[role.name, place], i))

    def graph(self) -> EventGraph:
        """All edges."""
        edges, added = list(model_edges(self.usage)), []
        for role in self.program.roles:
            edges += stream_edges(role.name, list(self._turns(role)))
            edges += self._copies(role)
            for place, i in self._kept(role):
                edges += self._met(role, place, i)
                if self._is_added(i):
                    added.append(self.event[role.name, place])
        return EventGraph(tuple(edges), tuple(added))

    def _kept(self, role: RoleProgram) -> Iterator[tuple[int, Instruction]]:
        return (
            (place, i)
            for place, i in enumerate(role.body)
            if self.event[role.name, place] not in self.without
        )

    # What the schedule has priced

    def _is_priced(self, i: Wait | Drain) -> bool:
        if isinstance(i, Drain):
            return (i.op, i.before) in self.priced
        source = i.barrier.removesuffix(".full")
        return source != i.barrier and (source, i.before) in self.priced

    def _is_added(self, i: Instruction) -> bool:
        return isinstance(i, Sync) or (isinstance(i, Wait | Drain) and not self._is_priced(i))

    def _hands_off(self, i: Arrive) -> bool:
        return i.barrier == f"{i.after}.full"

    def _since_run(self, role: RoleProgram, place: int) -> Iterator[tuple[int, int]]:
        """Places backwards to the last operation, and whether (1) each is in the body before."""
        for back in range(1, len(role.body)):
            at = (place - back) % len(role.body)
            if isinstance(role.body[at], Run):
                return
            if self.event[role.name, at] not in self.without:
                yield at, 1 if back > place else 0

    def _at_once(self, role: RoleProgram, place: int) -> bool:
        """Whether nothing added stands between an operation and the hand-off of its value."""
        return not any(self._is_added(role.body[at]) for at, _ in self._since_run(role, place))

    # Streams

    def _turns(self, role: RoleProgram) -> Iterator[Turn]:
        for place, i in self._kept(role):
            turn, inside = self._turn(role, place, i), self._inside(role, place, i)
            if turn is not None and inside:
                op = self.problem.op[inside]
                yield replace(turn, inside=issued(op), lead=self.usage.wait(inside))
            elif turn is not None:
                yield turn

    def _inside(self, role: RoleProgram, place: int, i: Instruction) -> str:
        """The operation for which the stream waits already where an instruction stands."""
        if isinstance(i, Run):
            return ""
        waits = (role.body[at] for at, _ in self._since_run(role, place))
        priced = (w for w in (i, *waits) if isinstance(w, Wait | Drain) and not self._is_added(w))
        return next((w.before for w in priced), "")

    def _turn(self, role: RoleProgram, place: int, i: Instruction) -> Turn | None:
        event = self.event[role.name, place]
        match i:
            case Run():
                return self._run(role, event, i)
            case Sync():
                return Turn(event, 0, self.costs.sync, i.offset, blocks=True)
            case Wait() | Drain() if self._is_added(i):
                return Turn(event, 0, self.costs.wait, i.offset, blocks=True)
            case Wait() | Drain():
                return Turn(event, 0, 0, i.offset, blocks=False, free=True, silent=True)
            case Arrive():
                tail = 0 if self._hands_off(i) else self.costs.arrive
                return Turn(event, 0, tail, i.offset, blocks=False, free=True)
            case Send() if not self._at_once(role, place):
                tail = self.usage.send(i.value)
                return Turn(event, 0, tail, i.offset, blocks=False, free=True)
        return None

    def _run(self, role: RoleProgram, event: str, run: Run) -> Turn:
        op, usage = self.problem.op[run.op], self.usage
        later = any(
            isinstance(i, Send) and i.value == run.op and not self._at_once(role, place)
            for place, i in enumerate(role.body)
        )
        tail = op.issue + (0 if later else usage.send(run.op))
        return Turn(event, usage.wait(run.op), tail, run.offset, usage.blocks(run.op))

    # Copies

    def _copies(self, role: RoleProgram) -> Iterator[Edge]:
        """Streaming loads of a role take their units in the order in which they are issued.

        The schedule has them on the unit where their data is used, the program runs ahead.
        """
        runs = [i for i in role.body if isinstance(i, Run) and self.problem.op[i.op].streaming]
        for unit in self.problem.units:
            users = [i for i in runs if unit.name in self.problem.op[i.op].reservations]
            if unit.capacity == 1 and not unit.fluid and users:
                for one, two in pairwise(users):
                    yield self._queued(unit.name, one, two, 0)
                yield self._queued(unit.name, users[-1], users[0], 1)

    def _queued(self, unit: str, one: Run, two: Run, bodies: int) -> Edge:
        first, second = self.problem.op[one.op], self.problem.op[two.op]
        end = max(r.offset + r.length for r in first.reservations[unit])
        delay = end - min(r.offset for r in second.reservations[unit])
        why = f"{second.name} is next on {unit} after {first.name}"
        tokens = two.offset - one.offset + bodies
        return Edge(issued(first), issued(second), delay, tokens, "unit", why)

    # What an instruction waits for besides its turn

    def _met(self, role: RoleProgram, place: int, i: Instruction) -> Iterator[Edge]:
        event = self.event[role.name, place]
        match i:
            case Drain():
                op = self.problem.op[i.op]
                why, parts = f"{event}: it completes", variable(op, op.latency)
                yield Edge(i.op, event, op.latency, i.lag, "drain", why, parts)
            case Wait():
                yield from self._arrived(i, event)
            case Sync():
                yield from self._performed(role, place, i)
            case Arrive():
                yield from self._performed(role, place, i)
                yield from self._arrives(role, place, i)
        if isinstance(i, Arrive) or self._is_added(i):
            yield from self._behind(role, place, i)
        elif isinstance(i, Wait | Drain) and i.before in self.problem.op:
            run = issued(self.problem.op[i.before])
            yield Edge(event, run, 0, 0, "barrier", f"{run} comes after {event}")

    def _behind(self, role: RoleProgram, place: int, i: Instruction) -> Iterator[Edge]:
        """What the lowering put behind a wait has to wait until that is over, like its reader."""
        event = self.event[role.name, place]
        for at, wrapped in self._since_run(role, place):
            wait = role.body[at]
            if isinstance(wait, Wait | Drain):
                before, parts = self.event[role.name, at], self._way(wait)
                why, tokens = f"{event} comes after {before}", i.offset - wait.offset + wrapped
                cycles = sum(part.cycles for part in parts)
                yield Edge(before, event, cycles, tokens, "stream", why, parts)

    def _way(self, wait: Wait | Drain) -> tuple[Part, ...]:
        """The latency of the hand-off that a priced wait is for: its event is the arrival."""
        if isinstance(wait, Drain) or self._is_added(wait):
            return ()
        source = wait.barrier.removesuffix(".full")
        if self.usage.role[source] == self.usage.role[wait.before]:
            return ()
        latency = self.problem.op[source].handoff.latency
        return (Part(HANDOFF + source, latency),) if latency else ()

    def _performed(self, role: RoleProgram, place: int, i: Sync | Arrive) -> Iterator[Edge]:
        """What the role's warps stored and read in memory before they meet, or arrive, is over."""
        event = self.event[role.name, place]
        for at, run in enumerate(role.body):
            if isinstance(run, Run) and (cycles := self._memory_use(self.problem.op[run.op])):
                tokens = i.offset - run.offset + (1 if at > place else 0)
                why = f"{event}: {run.op} is done with memory"
                yield Edge(run.op, event, cycles, tokens, "barrier", why)

    def _memory_use(self, op: Op) -> int:
        """Cycles after its start until an operation's warps have stored and read in memory."""
        if op.asynchronous:
            return 0
        reads = [read_end(self.problem, d) for d in self.loads[op.name]]
        return max([op.latency if _in_memory(op) else 0, *reads])

    def _arrived(self, wait: Wait, event: str) -> Iterator[Edge]:
        """Arrivals reach a wait; what a priced one costs on the way is in the dependence."""
        one_way = max(0, self.costs.one_way - self.costs.wait) if self._is_added(wait) else 0
        parts = (Part(wait.barrier, one_way),) if one_way else ()
        for source, i in self.arrivals[wait.barrier]:
            why = f"{event}: {source} arrives"
            if isinstance(i, Run):
                op = self.problem.op[i.op]
                lag = next(s.lag for s in i.signals if s.barrier == wait.barrier)
                latency = 0 if op.streaming else op.latency
                parts_ = (*variable(op, latency), *parts)
                tokens = wait.lag - lag
                yield Edge(op.name, event, latency + one_way, tokens, "barrier", why, parts_)
            else:
                yield Edge(source, event, one_way, wait.lag, "barrier", why, parts)

    def _arrives(self, role: RoleProgram, place: int, i: Arrive) -> Iterator[Edge]:
        """After its operation and its reading."""
        event = self.event[role.name, place]
        op = self.problem.op[i.after]
        if not op.asynchronous:
            run, at = next(
                (r, n) for n, r in enumerate(role.body) if isinstance(r, Run) and r.op == i.after
            )
            tokens = i.offset - run.offset + (1 if at > place else 0)
            why = f"{event} comes after {op.name}"
            yield Edge(op.name, event, self._finished(i), tokens, "barrier", why)

    def _finished(self, i: Arrive) -> int:
        """Cycles after its start until an operation has sent its value, or read what it frees."""
        op = self.problem.op[i.after]
        if self._hands_off(i):
            return op.issue + self.usage.send(op.name)
        ends = [read_end(self.problem, d) for d in self.problem.dependences if d.dst == op.name]
        return max([op.issue, *ends])


def _in_memory(op: Op) -> bool:
    return op.result is not None and not op.in_registers


def _arrives_on(i: Instruction) -> tuple[str, ...]:
    if isinstance(i, Arrive):
        return (i.barrier,)
    return tuple(signal.barrier for signal in i.signals) if isinstance(i, Run) else ()
