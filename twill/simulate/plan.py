"""What is the same in every run of a program: who reads what where, and what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from twill.lower.events import SyncCosts
from twill.lower.order import queue_of
from twill.lower.program import Run, WarpProgram
from twill.lower.required import by_one, is_private
from twill.problem import Dependence, Op, Problem
from twill.simulate.prices import Prices
from twill.simulate.storage import Reader
from twill.storage import buffers, read_end, takes_over

PARTS = 2
"""Shares of a slot: the first warp's, and that of one warp that stands for all others."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is: a ring, the registers of a role, its copy of a hand-off, or nowhere.

    ``lag``: the value of iteration i is in the slot of iteration i - lag. ``slots`` is 0 where
    every iteration has its own.
    """

    kind: str
    name: str
    slots: int
    lag: int = 0
    private: bool = False
    accumulator: bool = False


def _handing(d: Dependence) -> tuple[tuple[str, str], tuple[str, str]]:
    """What sends a value and what receives it, as readers, each with an operation of its role."""
    return (f"sending {d.src}", d.src), (f"receiving {d.src} for {d.dst}", d.dst)


class Plan:
    """A problem and its program, looked up in every way that a run needs."""

    def __init__(
        self, problem: Problem, program: WarpProgram, trips: int, costs: SyncCosts
    ) -> None:
        self.problem, self.program, self.trips = problem, program, trips
        # An operation that the program leaves out is on no role; that it is missing shows later.
        self.role_of = {op.name: "" for op in problem.ops} | program.role_of
        self.warps = {"": 1} | {role.name: min(role.warps, PARTS) for role in program.roles}
        self.flows: dict[str, dict[tuple[str, int], Dependence]] = defaultdict(dict)
        self.readers: dict[str, list[Dependence]] = defaultdict(list)
        for d in problem.dependences:
            if d.kind == "flow" and (d.src, d.distance) not in self.flows[d.dst]:
                self.flows[d.dst][d.src, d.distance] = d
                self.readers[d.src].append(d)
        self.prices = Prices(problem, program, self.role_of, costs)
        self.role_of_reader = self.role_of | {
            name: self.role_of[op] for d in problem.dependences for name, op in _handing(d)
        }
        self._ancestors: dict[str, frozenset[str]] = {}

    # Operations

    def by_one(self, name: str) -> bool:
        """Whether one warp issues an operation for its role."""
        return by_one(self.problem.op[name])

    def takes_part(self, name: str, warp: int) -> bool:
        """Whether a warp of its role has a share in an operation."""
        return warp == 0 or not self.by_one(name)

    def queue(self, name: str) -> str | None:
        """The engine that completes it in order; loads overtake each other."""
        return None if self.problem.op[name].variable_latency else self.engine(name)

    def engine(self, name: str) -> str:
        """What works on an asynchronous operation."""
        return queue_of(self.problem, name)

    def crosses(self, d: Dependence) -> bool:
        """Whether a value goes from one role to another."""
        return self.role_of[d.src] != self.role_of[d.dst]

    def handed_off(self, name: str) -> bool:
        """Whether a register value is sent to another role."""
        return self.problem.op[name].in_registers and any(map(self.crosses, self.readers[name]))

    def reading(self, name: str, source: str) -> int:
        """Cycles after its start until an operation has finished reading a source."""
        ends = [read_end(self.problem, d) for d in self.flows[name].values() if d.src == source]
        return max(ends, default=0)

    # Places

    @cached_property
    def _in_memory(self) -> dict[str, Place]:
        slots = {v: r.slots for r in self.program.rings if not r.handoff for v in r.values}
        return {
            name: Place(
                "ring",
                b.name,
                slots.get(name, 1),
                lag,
                is_private(self.problem, b.memory),
                b.accumulator,
            )
            for b in buffers(self.problem)
            for name, lag in b.members.items()
        }

    @cached_property
    def _in_registers(self) -> dict[str, Place]:
        held = {
            value: h
            for role in self.program.roles
            for h in role.held
            for value in h.values
            if self.role_of[value] == role.name
        }
        found = {}
        for op in self.problem.ops:
            if op.in_registers:
                name, copies = op.name, 1
                if op.name in held:
                    name, copies = held[op.name].name, held[op.name].copies
                lag, circle = self._register_lag(op)
                found[op.name] = Place(
                    "registers", name, copies, 0 if circle else lag, True, circle
                )
        return found

    def _register_lag(self, op: Op) -> tuple[int, bool]:
        """Iterations by which a value lags the first of its registers; if they are a circle."""
        seen, lag = {op.name}, 0
        while (d := self._taken(op)) is not None:
            lag += d.distance
            op = self.problem.op[d.src]
            if op.name in seen:
                return 0, True
            seen.add(op.name)
        return lag, False

    def _taken(self, op: Op) -> Dependence | None:
        """The value in registers of its own role that an operation takes over."""
        for d in self.flows[op.name].values():
            if takes_over(self.problem, d) and not self.crosses(d):
                return d
        return None

    def place(self, name: str) -> Place:
        """Where an operation leaves its result."""
        op = self.problem.op[name]
        if op.in_registers:
            return self._in_registers[name]
        return self._in_memory.get(name, Place("nowhere", name, 0))

    def sent(self, name: str) -> Place:
        """The ring through which a register value goes to other roles; no slots if it has none."""
        for ring in self.program.rings:
            if ring.handoff and name in ring.values:
                return Place("hand-off", name, ring.slots)
        return Place("hand-off", name, 0)

    def received(self, name: str, reader: str) -> Place:
        """Another role's copy of a register value, for one reader."""
        return Place("received", f"{name} for {reader}", 1, 0, private=True)

    # Readers

    def agents(self, name: str, iteration: int, part: int) -> Iterator[Reader]:
        """Who reads a value where its operation left it: operations, hand-offs, warps."""
        place = self.place(name)
        for d in self.readers[name]:
            if place.kind == "registers" and self.crosses(d):
                continue
            at = iteration + d.distance
            if 0 <= at < self.trips:
                for warp in self._reading_warps(d.dst, place, part):
                    yield d.dst, at, warp
        if place.kind == "registers" and self.handed_off(name) and iteration >= 0:
            yield f"sending {name}", iteration, part

    def receivers(self, name: str, iteration: int) -> Iterator[Reader]:
        """Who takes a value out of its hand-off ring."""
        for d in self.readers[name]:
            at = iteration + d.distance
            if self.crosses(d) and at < self.trips:
                for warp in range(self.warps[self.role_of[d.dst]]):
                    yield f"receiving {name} for {d.dst}", at, warp

    def _reading_warps(self, reader: str, place: Place, part: int) -> tuple[int, ...]:
        if self.by_one(reader) or self.warps[self.role_of[reader]] == 1:
            return (0,)
        return (part,) if place.private else tuple(range(PARTS))

    def parts(self, name: str, warp: int, place: Place, *, writes: bool) -> tuple[int, ...]:
        """The shares of a slot that a warp's share of an operation touches."""
        if place.kind == "received" or (place.kind == "registers" and not self.by_one(name)):
            return (warp,)
        if place.kind == "registers":
            return tuple(range(self.warps[self.role_of[name]]))
        if self.by_one(name) or self.warps[self.role_of[name]] == 1:
            return tuple(range(PARTS))
        return (warp,) if place.private or writes else tuple(range(PARTS))

    # Overwriting

    def ancestors(self, name: str) -> frozenset[str]:
        """Values whose storage a value takes over, directly or through others."""
        if name not in self._ancestors:
            found: list[str] = []
            at = self.problem.op[name].in_place
            while at is not None and at.op not in found:
                found.append(at.op)
                at = self.problem.op[at.op].in_place
            own = self.problem.op[name].in_place
            beside = {o.name for o in self.problem.ops if own is not None and o.in_place == own}
            self._ancestors[name] = frozenset(found) - (beside - {name})
        return self._ancestors[name]

    @cached_property
    def runs(self) -> dict[str, Run]:
        """The instruction that starts each operation."""
        return {i.op: i for r in self.program.roles for i in r.body if isinstance(i, Run)}
