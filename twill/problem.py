"""The scheduling problem: the immutable input of every solver and of the verifier.

Time is in integer cycles of the SM clock. Instance ``i`` of operation ``v`` issues at
``start[v] + i * II``. A plain modulo-scheduling problem is one whose ``roles`` is None.
The constraints over these data are stated in ``docs/problem.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from twill.display import Displayed

REGISTER = "register"
"""The space of a result that lives in the registers of the role that computed it."""

DependenceKind = Literal["flow", "anti", "output", "order"]
ConcurrencyReading = Literal["issue", "paper"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A functional unit of the SM; ``capacity`` is what it can serve in one cycle.

    A ``fluid`` unit is shared by many small requests that interleave (a memory port, issue
    slots): what it serves in one period counts, not what is asked of it in one cycle.
    """

    name: str
    capacity: int = 1
    fluid: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory of the SM: ``capacity`` in ``unit`` (bytes, or columns of tensor memory).

    ``unit_bytes``: bytes per unit (a column of tensor memory is 128 lanes of 4 bytes).
    """

    name: str
    capacity: int
    unit: str = "bytes"
    unit_bytes: int = 1


@dataclass(frozen=True, slots=True)
class RegisterRange:
    """Registers per thread that a role may have: min, min + step, ... up to max.

    ``overhead`` registers of each thread hold addresses, loop counters and barriers and
    are not available to results.
    """

    min: int = 24
    max: int = 248
    step: int = 8
    overhead: int = 0


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """What the roles of one thread block share.

    A role owns whole groups of ``warp_group`` warps: its width is rounded up to that when
    warps and registers are counted, since registers are reallocated per warp group (PTX
    ``setmaxnreg``). ``register_file`` is in 32-bit registers, None for no limit.
    Values handed from role to role pass through ``handoff_memory``.
    """

    max_roles: int
    max_warps: int
    warp_group: int = 1
    register_file: int | None = None
    registers: RegisterRange = RegisterRange()
    handoff_memory: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the claim and of the synchronisation hardware.

    ``max_stages`` bounds how many iterations a schedule may span: all starts of one
    iteration lie within ``max_stages * II`` cycles. ``named_barriers`` is None where a
    machine does not limit them; ``mbarrier_bytes`` is charged to the hand-off memory.
    """

    max_stages: int = 8
    named_barriers: int | None = None
    mbarrier_bytes: int = 0
    concurrency: ConcurrencyReading = "issue"


@dataclass(frozen=True, slots=True)
class Reservation:
    """``amount`` of a unit held for ``length`` cycles from ``start + offset`` on."""

    offset: int
    length: int
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """Where a result lives and how big it is.

    ``size`` is in 32-bit registers per thread of the role, or in the memory's unit.
    """

    space: str
    size: int


@dataclass(frozen=True, slots=True)
class Handoff:
    """What it costs when a reader on another role needs an operation's result.

    ``latency``: cycles beyond the dependence's delay. ``bytes``: hand-off memory per ring
    slot. ``issue_send`` / ``issue_receive``: cycles of the producer's and of the reader's
    instruction stream (arrive, wait). ``named_barriers`` and ``mbarriers``: per ring slot.
    ``issue_wait``: cycles of a reader's stream for a blocking wait on the producer's own
    role, where nothing is handed off.
    """

    latency: int = 0
    bytes: int = 0
    issue_send: int = 0
    issue_receive: int = 0
    named_barriers: int = 0
    mbarriers: int = 0
    issue_wait: int = 0


@dataclass(frozen=True, slots=True)
class InPlace:
    """The value whose storage a result takes over: that of ``op``, ``distance`` iterations ago."""

    op: str
    distance: int = 0


@dataclass(frozen=True, slots=True)
class Op:
    """One tile operation.

    ``issue``: cycles for which it keeps its role's instruction stream busy. ``latency``:
    start to result usable. ``streaming``: a variable-latency operation without operands
    in the loop; its ``start`` is when its data must have arrived, it issues ``latency``
    cycles earlier out of its ring. ``latencies`` are further latencies (L2, DRAM, ...)
    for which reports give the ring depth needed.
    """

    name: str
    reservations: Mapping[str, tuple[Reservation, ...]] = field(default_factory=dict)
    issue: int = 1
    latency: int = 1
    warps: int = 1
    asynchronous: bool = False
    variable_latency: bool = False
    streaming: bool = False
    result: Result | None = None
    in_place: InPlace | None = None
    handoff: Handoff = Handoff()
    latencies: Mapping[str, int] = field(default_factory=dict)

    @property
    def in_registers(self) -> bool:
        """Whether the result lives in registers."""
        return self.result is not None and self.result.space == REGISTER


@dataclass(frozen=True, slots=True)
class Dependence:
    """``dst`` of iteration i issues at least ``delay`` cycles after ``src`` of i - ``distance``.

    ``blocking``: the reader executes a blocking wait for the source wherever both run.
    ``read_until``: cycles after the reader's start until it has finished reading; None
    means until the reader's own latency has passed.
    """

    src: str
    dst: str
    delay: int = 0
    distance: int = 0
    kind: DependenceKind = "flow"
    blocking: bool = False
    read_until: int | None = None


@dataclass(frozen=True, slots=True)
class Invariant:
    """A loop-invariant value: it takes its memory once, whatever the schedule.

    ``space`` is a memory; invariants in registers are not modelled (part of the overhead).
    """

    name: str
    space: str
    size: int


@dataclass(frozen=True, slots=True)
class Requirements:
    """What is demanded of a schedule beyond what the machine demands; part of the claim.

    ``roles``: labels of operations; those with one label share a role, those with different
    labels do not. ``no_handoff``: no value in registers is read on another role.
    ``other_than``: role partitions, each as such labels, that are not wanted, to ask
    whether another one is as good.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    no_handoff: bool = False
    other_than: tuple[Mapping[str, str], ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is required at all."""
        return bool(self.roles or self.no_handoff or self.other_than)


def groups(labels: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Operations with one label, label by label, each in the order given."""
    by_label: dict[str, list[str]] = {}
    for name, label in labels.items():
        by_label.setdefault(label, []).append(name)
    return tuple(tuple(names) for names in by_label.values())


@dataclass(frozen=True)
class Problem(Displayed):
    """One loop on one machine, elaborated: everything a schedule is judged by."""

    name: str
    ops: tuple[Op, ...]
    dependences: tuple[Dependence, ...] = ()
    units: tuple[Unit, ...] = ()
    memories: tuple[Memory, ...] = ()
    invariants: tuple[Invariant, ...] = ()
    roles: RoleLimits | None = None
    limits: Limits = Limits()
    trips: int = 1
    profile: str = "default"
    requirements: Requirements = Requirements()

    @cached_property
    def op(self) -> dict[str, Op]:
        """The operations by name."""
        return {op.name: op for op in self.ops}

    @cached_property
    def unit(self) -> dict[str, Unit]:
        """The units by name."""
        return {unit.name: unit for unit in self.units}

    @cached_property
    def memory(self) -> dict[str, Memory]:
        """The memories by name."""
        return {memory.name: memory for memory in self.memories}

    @property
    def has_load_role(self) -> bool:
        """Whether role 0 is the designated role of the variable-latency operations."""
        return self.roles is not None and any(op.variable_latency for op in self.ops)
