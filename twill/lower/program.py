"""The lowered form of a schedule: one instruction stream per role, and what they share.

A role runs *bodies* t = first, first + 1, ...; an instruction with ``offset`` k in body t works
on iteration t + k and is left out where that is below 0 or not below the trip count. Prologue,
steady state and epilogue are the first bodies, those in which nothing is left out, and the last;
any trip count works, 0 included. Instructions run in the order in which they stand; what an
engine does (tensor core, copy engine) completes later, and only a wait says when.

Instance n of a *barrier* completes when each of its parties has arrived for iteration n. In
hardware it is one of ``slots`` mbarriers, number n mod ``slots``, in the phase n div ``slots``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Signal:
    """An engine arrives on a barrier, for the instance ``lag`` iterations back if there is one."""

    barrier: str
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Start an operation. ``signals``: where its engine arrives when it completes."""

    op: str
    offset: int
    cycle: int
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for the instance of a barrier ``lag`` iterations back, if that is one of the loop.

    Instances below 0, or not below the trip count, are not waited for. ``before``: the
    operation, or the value sent, in front of which it stands. ``issuer``: only the warp that
    issues that operation waits.
    """

    barrier: str
    offset: int
    cycle: int
    lag: int
    before: str
    issuer: bool = False


@dataclass(frozen=True, slots=True)
class Arrive:
    """All warps of the role arrive on a barrier. ``after``: the operation that they finished.

    ``offset`` counts instances of the barrier: that of a ring is released for the iteration
    that filled the slot, whichever iteration read it.
    """

    barrier: str
    offset: int
    cycle: int
    after: str


@dataclass(frozen=True, slots=True)
class Drain:
    """Wait for an asynchronous operation of the role's own, ``lag`` iterations back.

    Operations of one ``queue`` complete in order, so that counting is enough: at most
    ``pending`` later ones may be under way in a steady body, ``certain`` in any body of any trip
    count (in prologue and epilogue there are fewer).
    ``issuer``: only the warp that issued the operation waits.
    """

    op: str
    offset: int
    cycle: int
    lag: int
    queue: str
    pending: int
    certain: int
    before: str
    issuer: bool = False


@dataclass(frozen=True, slots=True)
class Sync:
    """All warps of the role meet. ``publishes``: values in memory that each then may read."""

    offset: int
    cycle: int
    publishes: tuple[str, ...]
    before: str


@dataclass(frozen=True, slots=True)
class Send:
    """Store a value of the role's registers into its slot of the hand-off ring."""

    value: str
    offset: int
    cycle: int


@dataclass(frozen=True, slots=True)
class Receive:
    """Load another role's value from its hand-off ring, ``lag`` iterations back, to read it."""

    value: str
    offset: int
    cycle: int
    lag: int
    reader: str


Instruction = Run | Wait | Arrive | Drain | Sync | Send | Receive


@dataclass(frozen=True, slots=True)
class Held:
    """Registers of a role: values that take over each other's, ``copies`` instances at once.

    ``size`` in 32-bit registers per thread of one copy. With several copies the value of
    iteration i is in copy i mod ``copies``, or older ones move up before a new one is written.
    """

    name: str
    values: tuple[str, ...]
    size: int
    copies: int


@dataclass(frozen=True, slots=True)
class RoleProgram:
    """What one role executes: ``body`` in issue order, for every body t.

    ``registers`` per thread, None where the problem has no limits.
    """

    name: str
    warps: int
    registers: int | None
    body: tuple[Instruction, ...]
    held: tuple[Held, ...] = ()

    def stage(self, run: Run, stages: int) -> int:
        """The stage of an operation in a schedule of so many; below 0 it is a load running ahead.

        A body that begins within the period has the rest of it from the body before at its end.
        """
        at = self.body.index(run)
        cycles = [i.cycle for i in self.body[: at + 1]]
        again = any(one > other for one, other in pairwise(cycles))
        return stages - 1 - run.offset + (1 if again else 0)

    @property
    def first(self) -> int:
        """The first body that has something to do."""
        return -max((i.offset for i in self.body), default=0)

    def last(self, trips: int) -> int:
        """The last body that has something to do, for a trip count."""
        return trips - 1 - min((i.offset for i in self.body), default=0)

    def iterations(self, trips: int) -> Iterator[tuple[Instruction, int]]:
        """Every instruction that is executed, in order, with the iteration it works on."""
        for t in range(self.first, self.last(trips) + 1):
            for instruction in self.body:
                if 0 <= t + instruction.offset < trips:
                    yield instruction, t + instruction.offset


@dataclass(frozen=True, slots=True)
class Ring:
    """``slots`` slots of ``size`` each in a memory, in its unit, from ``address`` on.

    ``values`` share a slot, one taking over the storage of another. ``accumulator``: one slot
    for all iterations. ``handoff``: values of registers on their way to another role.
    """

    name: str
    memory: str
    slots: int
    size: int
    address: int
    values: tuple[str, ...]
    accumulator: bool = False
    handoff: bool = False


@dataclass(frozen=True, slots=True)
class Resident:
    """A loop-invariant value, where it lies."""

    name: str
    memory: str
    size: int
    address: int


@dataclass(frozen=True, slots=True)
class Barrier:
    """``slots`` mbarriers. Parties: ``engines``, operations on completion; ``roles``, all warps.

    ``address`` in the hand-off memory, None where the problem charges nothing for barriers.
    """

    name: str
    slots: int
    engines: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    address: int | None = None


@dataclass(frozen=True)
class WarpProgram:
    """A schedule as programs: what is emitted, simulated and analysed.

    ``stages`` is the number of iterations under way at once over all roles. ``used`` is what
    each memory holds at most, in its unit.
    """

    name: str
    problem_sha256: str
    ii: int
    trips: int
    stages: int
    roles: tuple[RoleProgram, ...]
    rings: tuple[Ring, ...]
    residents: tuple[Resident, ...]
    barriers: tuple[Barrier, ...]
    used: dict[str, int]

    @cached_property
    def role_of(self) -> dict[str, str]:
        """The role that runs an operation."""
        return {i.op: r.name for r in self.roles for i in r.body if isinstance(i, Run)}

    @cached_property
    def role(self) -> dict[str, RoleProgram]:
        """The roles by name."""
        return {role.name: role for role in self.roles}

    @cached_property
    def barrier(self) -> dict[str, Barrier]:
        """The barriers by name."""
        return {barrier.name: barrier for barrier in self.barriers}

    @cached_property
    def ring_of(self) -> dict[str, Ring]:
        """The ring that holds a value."""
        return {value: ring for ring in self.rings for value in ring.values}
