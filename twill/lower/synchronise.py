"""Waits, arrives, drains and syncs: the fewest that guarantee every required order.

Flows come first, each by a wait in front of its reader unless an earlier wait implies it. Then
the reuse of slots: a release as soon as its reader is done, a wait in front of the next writer.
What turns out to be implied by the rest is taken out at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from twill.accounting import Usage
from twill.diagnostics import Diagnostic, InputError
from twill.lower.order import ALL, ONE, OWN, Order, queue_of
from twill.lower.program import Arrive, Drain, Instruction, Run, Signal, Sync, Wait
from twill.lower.required import Ordering, by_one
from twill.lower.streams import (
    BEFORE_SEND,
    EMPTY,
    FULL,
    LATER,
    SYNC,
    WAIT,
    Entry,
    Streams,
)
from twill.storage import read_end


@dataclass(slots=True)
class Parties:
    """Who arrives on a barrier, and how many mbarriers take turns."""

    slots: int
    engines: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)


class Synchroniser:
    """Adds to the streams what makes every ordering hold."""

    def __init__(
        self, streams: Streams, orderings: Iterable[Ordering], depth: dict[str, int]
    ) -> None:
        self.streams, self.depth = streams, depth
        self.usage: Usage = streams.usage
        self.problem = streams.usage.problem
        self.orderings = tuple(orderings)
        self.barriers: dict[str, Parties] = {}
        self.order = Order(streams)

    def run(self) -> dict[str, Parties]:
        """Make every ordering hold, then drop what is not needed."""
        for ordering in sorted(self._flows(), key=self._flow_key):
            if not self.order.holds(ordering):
                self._flow(ordering)
        for ordering in sorted(self._others(), key=self._release_key):
            if not self.order.holds(ordering):
                self._reuse(ordering)
        self._prune()
        return self.barriers

    def missing(self) -> tuple[Ordering, ...]:
        """The orderings that do not hold."""
        return tuple(o for o in self.orderings if not self.order.holds(o))

    # The order in which they are dealt with

    def _flows(self) -> Iterator[Ordering]:
        return (o for o in self.orderings if o.kind == "flow")

    def _others(self) -> Iterator[Ordering]:
        return (o for o in self.orderings if o.kind != "flow")

    def _flow_key(self, o: Ordering) -> tuple[int, int]:
        """Readers in the order of their starts; of what one reads, the last to complete first."""
        op = self.problem.op[o.src]
        done = self.usage.start[o.src] + op.latency - o.distance * self.usage.ii
        return self.usage.start[o.dst], -done

    def _release_key(self, o: Ordering) -> tuple[int, int]:
        """Registers and in place first; of each ring, the last user first."""
        return ("anti", "registers", "reuse", "turn").index(o.kind), -self._over(o)

    def _over(self, o: Ordering) -> int:
        """When the source of an ordering is done, counted from the slot's iteration.

        What its role does itself is over, for the role, when it stands behind in the stream.
        """
        own = not self.problem.op[o.src].asynchronous
        done = self.usage.start[o.src] if own else self._done(o.src)
        return done + o.shift * self.usage.ii

    def _done(self, name: str) -> int:
        op = self.problem.op[name]
        if not op.asynchronous:
            return self.usage.start[name] + op.issue
        ends = [read_end(self.problem, d) for d in self.problem.dependences if d.dst == name]
        return self.streams.time(name) + max([op.latency, *ends])

    # Flow

    def _flow(self, o: Ordering) -> None:
        crosses = self.usage.role[o.src] != self.usage.role[o.dst]
        if crosses:
            self._across(o)
        elif self._signals(o.src):
            self._signal(o.src, f"{o.src}.full", 0, self._slots(o.src))
            self._wait(f"{o.src}.full", o.dst, o.distance)
        else:
            if self.problem.op[o.src].asynchronous:
                self._drain(o.src, o.dst, o.distance)
            if o.full:
                self._sync(o.dst, (o.src,))
        self._check(o)

    def _across(self, o: Ordering) -> None:
        name, op = f"{o.src}.full", self.problem.op[o.src]
        if op.asynchronous and not op.in_registers:
            self._signal(o.src, name, 0, self._slots(o.src))
        elif name not in self.barriers:
            if op.asynchronous:
                self._drain(o.src, o.src, 0, BEFORE_SEND)
            self._arrive_after(o.src, name, 0, self._slots(o.src), FULL)
        self._wait(name, o.dst, o.distance)

    def _slots(self, name: str) -> int:
        """A value has as many full barriers as its ring has slots."""
        ring = next((b.name for b in self.usage.buffers if name in b.members), name)
        return self.depth.get(ring, 1)

    def _signals(self, name: str) -> bool:
        """Whether an engine can arrive on a barrier: it writes memory and barriers are priced."""
        op = self.problem.op[name]
        stored = op.result is not None and not op.in_registers
        return op.asynchronous and stored and op.handoff.mbarriers > 0

    # Reuse of slots and registers

    def _turn(self, o: Ordering) -> None:
        """The role that goes first says so when it has issued; the other one waits for that."""
        name = f"{o.dst}.turn"
        self._arrive_after(o.src, name, 0, 1, EMPTY)
        self._wait(name, o.dst, o.distance)
        self._check(o)

    def _reuse(self, o: Ordering) -> None:
        if o.kind == "turn":
            self._turn(o)
            return
        crosses = self.usage.role[o.src] != self.usage.role[o.dst]
        name = f"{o.ring}.empty" if o.ring else f"{o.src}.read"
        shift = o.shift if o.ring else 0
        place = BEFORE_SEND if o.sent else WAIT
        if self._signals(o.src):
            self._signal(o.src, name, shift, self.depth.get(o.ring, 1))
            self._wait(name, o.dst, o.distance + shift, place)
        elif crosses:
            self._release(o, name, shift)
            self._wait(name, o.dst, o.distance + shift, place)
        elif not (o.full and self._before_a_sync(o)):
            if self.problem.op[o.src].asynchronous:
                self._drain(o.src, o.dst, o.distance, place)
            if o.full and not self.order.holds(o):
                self._sync(o.dst, ())
        self._check(o)

    def _before_a_sync(self, o: Ordering) -> bool:
        """Whether a drain in front of a Sync that is there anyway is enough, without a stall."""
        if not self.problem.op[o.src].asynchronous:
            return False
        ii, top = self.usage.ii, self.streams.top
        done, latest = self._done(o.src), self.streams.time(o.dst) + o.distance * ii
        body = self.streams.body[self.usage.role[o.src]]
        for entry in [e for e in body if isinstance(e.instruction, Sync)]:
            time = entry.cycle + (top - entry.instruction.offset) * ii
            lag = max(0, -((time - done) // ii))
            if done <= time + lag * ii <= latest and self._drain_before(entry, o, lag):
                return True
        return False

    def _drain_before(self, sync: Entry, o: Ordering, lag: int) -> bool:
        """Try a drain right in front of a Sync."""
        assert isinstance(sync.instruction, Sync)
        body = self.streams.body[self.usage.role[o.src]]
        drain = self._make_drain(
            o.src, sync.instruction.offset, sync.cycle, lag, sync.instruction.before
        )
        entry = Entry(drain, sync.cycle, sync.rank, sync.place)
        body.insert(body.index(sync), entry)
        self._changed()
        if self.order.holds(o):
            return True
        body.remove(entry)
        self._changed()
        return False

    def _release(self, o: Ordering, name: str, shift: int) -> None:
        """The role of the reader arrives as soon as the reader is known to be done."""
        slots = self.depth.get(o.ring, 1)
        if not self.problem.op[o.src].asynchronous:
            self._arrive_after(o.src, name, shift, slots, EMPTY)
            return
        known = self._first_known(o)
        deadline = self.streams.time(o.dst) + o.distance * self.usage.ii
        role = self.usage.role[o.src]
        if known is None or known[0] >= deadline:
            entry, offset = self._drain_when_done(o.src)
        else:
            _, entry, offset = known
        arrive = Arrive(name, offset - shift, entry.cycle, o.src)
        self._behind(role, entry, arrive)
        self._party(name, slots).roles.append(role)
        self._changed()

    def _first_known(self, o: Ordering) -> tuple[int, Entry, int] | None:
        """The first time at which the role of the reader knows that it is done.

        With the instruction that makes it known, and the offset of the reader's iteration there.
        """
        usage, top = self.usage, self.streams.top
        reached = self.order.reach(o.src, max(o.distance, 1), o.shift)
        found: list[tuple[int, int, Entry, int]] = []
        for i, entry in enumerate(self.streams.body[usage.role[o.src]]):
            nodes = [(id(entry), layer) for layer in (OWN, ONE, ALL)]
            at = min((reached[node] for node in nodes if node in reached), default=None)
            if at is not None and isinstance(entry.instruction, Drain | Wait | Sync):
                offset = entry.instruction.offset
                time = entry.cycle + (top - offset + at) * usage.ii
                found.append((time, i, entry, offset - at))
        if not found:
            return None
        time, _, entry, offset = min(found, key=lambda f: f[:2])
        return time, entry, offset

    def _drain_when_done(self, name: str) -> tuple[Entry, int]:
        """A drain of its own at the cycle at which the schedule has the operation complete."""
        cycle, offset = self.streams.at(self._done(name))
        drain = self._make_drain(name, offset, cycle, 0, "")
        entry = self.streams.insert(self.usage.role[name], drain, len(self.problem.ops), LATER)
        return entry, offset

    # Instructions

    def _wait(self, barrier: str, name: str, lag: int, place: int = WAIT) -> None:
        cycle, offset = self.streams.where(name)
        body = self.streams.body[self.usage.role[name]]
        issuer = place == WAIT and by_one(self.problem.op[name])
        wait = Wait(barrier, offset, cycle, lag, name, issuer)
        if all(e.instruction != wait for e in body):
            self.streams.around(name, wait, place)
        self._changed()

    def _drain(self, op: str, name: str, lag: int, place: int = WAIT) -> None:
        cycle, offset = self.streams.where(name)
        self.streams.around(name, self._make_drain(op, offset, cycle, lag, name), place)
        self._changed()

    def _make_drain(self, op: str, offset: int, cycle: int, lag: int, before: str) -> Drain:
        """Its counts are filled in when the streams are complete."""
        queue, issuer = queue_of(self.problem, op), by_one(self.problem.op[op])
        return Drain(op, offset, cycle, lag, queue, 0, 0, before, issuer)

    def _sync(self, name: str, publishes: tuple[str, ...]) -> None:
        cycle, offset = self.streams.where(name)
        for entry in self.streams.body[self.usage.role[name]]:
            i = entry.instruction
            if isinstance(i, Sync) and i.before == name:
                entry.instruction = replace(i, publishes=(*i.publishes, *publishes))
                return
        self.streams.around(name, Sync(offset, cycle, publishes, name), SYNC)
        self._changed()

    def _arrive_after(self, name: str, barrier: str, shift: int, slots: int, place: int) -> None:
        cycle, offset = self.streams.where(name)
        parties = self._party(barrier, slots)
        self.streams.around(name, Arrive(barrier, offset - shift, cycle, name), place)
        parties.roles.append(self.usage.role[name])
        self._changed()

    def _signal(self, name: str, barrier: str, lag: int, slots: int) -> None:
        parties = self._party(barrier, slots)
        if name in parties.engines:
            return
        parties.engines.append(name)
        entry = self.order.run[name]
        assert isinstance(entry.instruction, Run)
        signals = (*entry.instruction.signals, Signal(barrier, lag))
        entry.instruction = replace(entry.instruction, signals=signals)
        self._changed()

    def _behind(self, role: str, entry: Entry, arrive: Arrive) -> None:
        """Right behind an instruction, at its place in the period."""
        body = self.streams.body[role]
        body.insert(body.index(entry) + 1, Entry(arrive, entry.cycle, entry.rank, entry.place))

    def _party(self, barrier: str, slots: int) -> Parties:
        return self.barriers.setdefault(barrier, Parties(slots))

    def _changed(self) -> None:
        self.order = Order(self.streams)

    def _check(self, o: Ordering) -> None:
        if not self.order.holds(o):
            message = (
                f"{o.dst} comes after {o.src} of {o.distance} iterations before only because the "
                "schedule has it so to the cycle; no instruction can see to it"
            )
            hint = "two operations that read what the other one overwrites, at one instant, do that"
            raise InputError([Diagnostic(message, help=hint)])

    # What is not needed

    def _prune(self) -> None:
        """Take out, one at a time, what the rest implies."""
        for role, body in self.streams.body.items():
            for entry in tuple(body):
                if isinstance(entry.instruction, Sync | Drain | Wait):
                    self._try_without(role, entry)

    def _try_without(self, role: str, entry: Entry) -> None:
        body = self.streams.body[role]
        index = body.index(entry)
        del body[index]
        self._changed()
        if not self._all_hold(entry.instruction):
            body.insert(index, entry)
            self._changed()

    def _all_hold(self, gone: Instruction) -> bool:
        """Whether all orderings hold; those that an instruction stood for are asked first."""
        mine = getattr(gone, "before", "")
        return all(map(self.order.holds, sorted(self.orderings, key=lambda o: o.dst != mine)))
