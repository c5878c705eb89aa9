"""What a schedule uses: lifetimes, rings, registers, barriers, hand-offs, objective values.

Everything here follows from the problem and an assignment (II, starts, roles) by
arithmetic; no solver is involved. The definitions are those of ``docs/problem.md``.
Accounting is modulo II, so it holds in the steady state of any trip count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from twill.problem import Dependence, Op, Problem


def ceil_div(a: int, b: int) -> int:
    """``a / b`` rounded up."""
    return -(-a // b)


def round_up(value: int, step: int) -> int:
    """The smallest multiple of ``step`` that is at least ``value``."""
    return ceil_div(value, step) * step


def read_end(problem: Problem, dependence: Dependence) -> int:
    """Cycles after the reader's start until it has finished reading the source."""
    if dependence.read_until is not None:
        return dependence.read_until
    return problem.op[dependence.dst].latency


def takes_over(problem: Problem, dependence: Dependence) -> bool:
    """Whether the reader takes over the source's storage, both being in registers."""
    reader = problem.op[dependence.dst]
    place = reader.in_place
    return (
        dependence.kind == "flow"
        and place is not None
        and (place.op, place.distance) == (dependence.src, dependence.distance)
        and reader.in_registers
        and problem.op[dependence.src].in_registers
    )


def implied_dependences(problem: Problem) -> tuple[Dependence, ...]:
    """What in-place results imply: every other reader of the old value finishes first."""
    readers = _readers(problem.dependences)
    implied: list[Dependence] = []
    for op in problem.ops:
        place = op.in_place
        if place is None:
            continue
        reads_it = False
        for reader in readers[place.op]:
            if reader.dst == op.name:
                reads_it |= reader.distance == place.distance
                continue
            if problem.op[reader.dst].in_place == place:
                continue  # takes over another part of the same storage
            distance = place.distance - reader.distance
            delay = read_end(problem, reader)
            implied.append(Dependence(reader.dst, op.name, delay, distance, "anti"))
        if not reads_it:
            written = problem.op[place.op].latency
            implied.append(Dependence(place.op, op.name, written, place.distance, "output"))
    return tuple(implied)


def constraint_dependences(problem: Problem) -> tuple[Dependence, ...]:
    """All dependences a schedule must respect: the stated ones and the implied ones."""
    return problem.dependences + implied_dependences(problem)


def _readers(dependences: Iterable[Dependence]) -> dict[str, list[Dependence]]:
    readers: dict[str, list[Dependence]] = defaultdict(list)
    for dependence in dependences:
        if dependence.kind == "flow":
            readers[dependence.src].append(dependence)
    return readers


@dataclass(frozen=True, slots=True)
class Buffer:
    """Results in one memory that share one ring, one taking over the storage of another.

    ``members`` maps each result to the iterations by which it lags the first one.
    ``accumulator``: the storage passes from iteration to iteration; its depth is 1.
    """

    name: str
    memory: str
    size: int
    members: Mapping[str, int]
    accumulator: bool


def buffers(problem: Problem) -> tuple[Buffer, ...]:
    """The rings of a problem, in program order of their first results."""
    heads: dict[str, str] = {}
    lags: dict[str, int] = {}
    cyclic: set[str] = set()
    stored = [op for op in problem.ops if op.result is not None and not op.in_registers]
    for op in stored:
        heads[op.name], lags[op.name], looped = _head(problem, op)
        if looped:
            cyclic.add(heads[op.name])
    groups: dict[str, list[Op]] = defaultdict(list)
    for op in stored:
        groups[heads[op.name]].append(op)
    return tuple(
        Buffer(
            name=head,
            memory=_space(members[0]),
            size=max(op.result.size for op in members if op.result is not None),
            members={op.name: lags[op.name] for op in members},
            accumulator=head in cyclic,
        )
        for head, members in groups.items()
    )


def _space(op: Op) -> str:
    assert op.result is not None
    return op.result.space


def _head(problem: Problem, op: Op) -> tuple[str, int, bool]:
    """The first result in whose storage ``op`` ends up, the lag to it, whether it is a cycle."""
    trail: dict[str, int] = {}
    current, lag = op, 0
    while current.name not in trail:
        trail[current.name] = lag
        place = current.in_place
        if place is None:
            return current.name, lag, False
        source = problem.op[place.op]
        if source.result is None or source.result.space != _space(op):
            return current.name, lag, False
        current, lag = source, lag + place.distance
    cycle = list(trail)[list(trail).index(current.name) :]
    return min(cycle, key=list(problem.op).index), 0, True


@dataclass(frozen=True, slots=True)
class Arc:
    """``size`` registers of a role, live from cycle ``begin`` of iteration 0 up to ``end``."""

    value: str
    role: str
    begin: int
    end: int
    size: int

    def at(self, phase: int, ii: int) -> int:
        """Registers held at ``phase``, every live instance counted."""
        first = ceil_div(self.begin - phase, ii)
        last = ceil_div(self.end - phase, ii)
        return max(0, last - first) * self.size


class Usage:
    """What one assignment of starts and roles uses; no roles where the problem has none."""

    def __init__(
        self, problem: Problem, ii: int, start: Mapping[str, int], role: Mapping[str, str]
    ) -> None:
        self.problem = problem
        self.ii = ii
        self.start = start
        self.role = role

    @cached_property
    def dependences(self) -> tuple[Dependence, ...]:
        """Stated and implied dependences."""
        return constraint_dependences(self.problem)

    def crosses(self, dependence: Dependence) -> bool:
        """Whether the ends of a dependence are on different roles."""
        return self.role.get(dependence.src) != self.role.get(dependence.dst)

    def delay(self, dependence: Dependence) -> int:
        """The dependence's delay, with the hand-off's latency where it crosses roles."""
        if dependence.kind == "flow" and self.crosses(dependence):
            return dependence.delay + self.problem.op[dependence.src].handoff.latency
        return dependence.delay

    @cached_property
    def handed_off(self) -> dict[str, tuple[Dependence, ...]]:
        """The flow dependences that cross roles, by the value handed off."""
        crossing: dict[str, list[Dependence]] = defaultdict(list)
        for dependence in self.problem.dependences:
            if dependence.kind == "flow" and self.crosses(dependence):
                crossing[dependence.src].append(dependence)
        return {name: tuple(found) for name, found in crossing.items()}

    # Instruction streams

    def blocks(self, name: str) -> bool:
        """Whether the operation starts with a blocking wait."""
        return any(d.blocking or self.crosses(d) for d in self.dependences if d.dst == name)

    def wait(self, name: str) -> int:
        """Issue cycles of the waits in front of an operation, one per value waited for."""
        cost: dict[str, int] = {}
        for d in self.problem.dependences:
            handoff = self.problem.op[d.src].handoff
            if d.dst != name or d.kind != "flow":
                continue
            if self.crosses(d):
                cost[d.src] = handoff.issue_receive
            elif d.blocking:
                cost[d.src] = handoff.issue_wait
        return sum(cost.values())

    def send(self, name: str) -> int:
        """Issue cycles of handing the operation's result to other roles."""
        return self.problem.op[name].handoff.issue_send if name in self.handed_off else 0

    def window(self, name: str) -> tuple[int, int]:
        """The cycles for which an operation keeps its role's stream, waits and sends included."""
        begin = self.start[name] - self.wait(name)
        return begin, self.start[name] + self.problem.op[name].issue + self.send(name)

    # Registers

    @cached_property
    def register_arcs(self) -> tuple[Arc, ...]:
        """Who holds how many registers of which role, when."""
        arcs: list[Arc] = []
        readers = _readers(self.problem.dependences)
        for op in self.problem.ops:
            if not op.in_registers or op.result is None:
                continue
            begin = self.start[op.name]
            end = self._register_end(op, readers[op.name])
            arcs.append(Arc(op.name, self.role[op.name], begin, end, op.result.size))
            arcs += [
                Arc(op.name, self.role[d.dst], t, t + read_end(self.problem, d), op.result.size)
                for d in self.handed_off.get(op.name, ())
                if not takes_over(self.problem, d)
                for t in [self.start[d.dst] + d.distance * self.ii]
            ]
        return tuple(arcs)

    def _register_end(self, op: Op, readers: Iterable[Dependence]) -> int:
        """When the producing role no longer holds the value."""
        start = self.start[op.name]
        ends: list[int] = []
        taken_over = False
        for d in readers:
            if self.crosses(d):
                ends.append(start + op.latency + op.handoff.issue_send)
                continue
            taken = takes_over(self.problem, d)
            taken_over |= taken
            reading = 0 if taken else read_end(self.problem, d)
            ends.append(self.start[d.dst] + d.distance * self.ii + reading)
        if not taken_over:
            ends.append(start + op.latency)
        return max(ends)

    def pressure(self, role: str) -> tuple[int, int]:
        """The most result registers a role holds at once, and a phase at which it does."""
        arcs = [arc for arc in self.register_arcs if arc.role == role]
        phases = {0} | {arc.begin % self.ii for arc in arcs}
        held, phase = max((sum(a.at(p, self.ii) for a in arcs), -p) for p in phases)
        return held, -phase

    # Memory

    @cached_property
    def buffers(self) -> tuple[Buffer, ...]:
        """The rings of the problem."""
        return buffers(self.problem)

    def life(self, buffer: Buffer) -> tuple[int, int]:
        """The first write of iteration 0's slot, and when its last reader has finished reading."""
        births, deaths = [], []
        for name, lag in buffer.members.items():
            op = self.problem.op[name]
            start = self.start[name] + lag * self.ii
            births.append(start - (op.latency if op.streaming else 0))
            deaths.append(start + (0 if op.streaming else op.latency))
            for d in self.problem.dependences:
                if d.kind == "flow" and d.src == name:
                    reader = self.start[d.dst] + (d.distance + lag) * self.ii
                    deaths.append(reader + read_end(self.problem, d))
        return min(births), max(deaths)

    def lifetime(self, buffer: Buffer) -> int:
        """Cycles from the first write of a slot until its last reader has finished reading."""
        begin, end = self.life(buffer)
        return end - begin

    def depth(self, buffer: Buffer) -> int:
        """Slots that a ring needs."""
        if buffer.accumulator:
            return 1
        return max(1, ceil_div(self.lifetime(buffer), self.ii))

    def handoff_depth(self, name: str) -> int:
        """Slots of the ring through which a register value goes to other roles."""
        start = self.start[name]
        lifetime = max(
            self.start[d.dst] + d.distance * self.ii + read_end(self.problem, d) - start
            for d in self.handed_off[name]
        )
        return max(1, ceil_div(lifetime, self.ii))

    @cached_property
    def channels(self) -> dict[str, int]:
        """Ring slots that need barriers, by value: what crosses roles or completes on its own."""
        depth = {name: self.depth(b) for b in self.buffers for name in b.members}
        waited = {d.src for d in self.problem.dependences if d.kind == "flow" and d.blocking}
        found: dict[str, int] = {}
        for op in self.problem.ops:
            if op.name in self.handed_off and op.in_registers:
                found[op.name] = self.handoff_depth(op.name)
            elif op.name in depth and (
                op.name in self.handed_off or (op.asynchronous and op.name in waited)
            ):
                found[op.name] = depth[op.name]
        return found

    def memory_lines(self, memory: str) -> tuple[tuple[str, int], ...]:
        """What takes a memory, as (name, amount): invariants, rings, hand-offs, mbarriers."""
        problem = self.problem
        lines = [(i.name, i.size) for i in problem.invariants if i.space == memory]
        lines += [(b.name, b.size * self.depth(b)) for b in self.buffers if b.memory == memory]
        if problem.roles is not None and problem.roles.handoff_memory == memory:
            for name, depth in self.channels.items():
                if problem.op[name].in_registers and problem.op[name].handoff.bytes:
                    lines.append((f"hand-off of {name}", problem.op[name].handoff.bytes * depth))
            if mbarriers := self.mbarriers:
                lines.append(("mbarriers", mbarriers * problem.limits.mbarrier_bytes))
        return tuple(line for line in lines if line[1])

    @property
    def mbarriers(self) -> int:
        """Barriers in shared memory: a full and an empty one per slot of each channel."""
        return sum(self.problem.op[n].handoff.mbarriers * d for n, d in self.channels.items())

    @property
    def named_barriers(self) -> int:
        """Named hardware barriers that the channels take."""
        return sum(self.problem.op[n].handoff.named_barriers * d for n, d in self.channels.items())

    # Roles and objective

    def width(self, role: str) -> int:
        """Warps that the operations of a role need."""
        return max(self.problem.op[n].warps for n, r in self.role.items() if r == role)

    @property
    def span(self) -> int:
        """Cycles from the first to the last start of one iteration."""
        return max(self.start.values()) - min(self.start.values())

    @property
    def stages(self) -> int:
        """How many iterations the schedule spans."""
        return self.span // self.ii + 1

    @property
    def length(self) -> int:
        """Cycles from the first start of an iteration to its last result."""
        ends = (
            self.start[op.name] + (0 if op.streaming else op.latency) for op in self.problem.ops
        )
        return max(ends) - min(self.start.values())

    @property
    def time(self) -> int:
        """Cycles for the nominal trip count."""
        return (self.problem.trips - 1) * self.ii + self.length

    @property
    def handoff_cost(self) -> int:
        """Cycles per iteration spent on crossing roles: hand-off latencies, arrives, waits."""
        total = 0
        for name, readers in self.handed_off.items():
            handoff = self.problem.op[name].handoff
            total += handoff.latency + handoff.issue_send
            total += handoff.issue_receive * len({d.dst for d in readers})
        return total

    @property
    def buffer_bytes(self) -> int:
        """Bytes of all rings and hand-offs, over all memories."""
        return sum(
            amount * memory.unit_bytes
            for memory in self.problem.memories
            for _, amount in self.memory_lines(memory.name)
        )


def charged_warps(problem: Problem, warps: int) -> int:
    """Warps that a role of ``warps`` takes of the thread block: whole warp groups."""
    assert problem.roles is not None
    return round_up(warps, problem.roles.warp_group)


def register_total(problem: Problem, roles: Iterable[tuple[int, int]]) -> int:
    """Registers of the file that roles of (warps, registers per thread) take."""
    return sum(charged_warps(problem, warps) * 32 * registers for warps, registers in roles)
