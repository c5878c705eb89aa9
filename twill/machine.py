"""What a GPU is to Twill: units, memories, roles and the parameters of its cost models.

No GPU is known by name. A machine is a set of mechanisms (an instruction tile, a rate, a
port, a latency law), each with numbers that say where they come from. The YAML form is
described in ``docs/machines.md`` and read by ``twill.spec.machine``; ``twill.costs`` turns
a machine and a request into cycles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from twill.display import Displayed
from twill.problem import Limits, Memory, RegisterRange, RoleLimits, Unit

Confidence = Literal["documented", "microbenchmarked", "derived", "estimated", "hypothetical"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a machine file, with its origin.

    ``name`` is its path in the file ("costs.convert.latency"), ``source`` the short keys of
    its sources, ``citation`` what they stand for.
    """

    name: str
    value: int | float
    unit: str
    source: str
    confidence: Confidence
    citation: str = ""
    note: str = ""

    @property
    def exact(self) -> Fraction:
        """The value as written in decimal, so that rounding up never sees binary noise."""
        return Fraction(str(self.value))

    @property
    def whole(self) -> int:
        """The value of a quantity that the reader has checked to be an integer."""
        return int(self.value)

    def __str__(self) -> str:
        """The value with its unit; a bare count has none."""
        return f"{self.value:g}" if self.unit == "1" else f"{self.value:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Point:
    """A measured point of a law: ``cycles`` for a transfer of ``bytes``."""

    bytes: int
    cycles: Quantity


@dataclass(frozen=True, slots=True)
class Law:
    """Cycles as a function of bytes: ``fixed + per_kib * KiB``, or points with lines between.

    Below the first point the law is constant, beyond the last it goes on with the slope of
    the last segment.
    """

    fixed: Quantity | None = None
    per_kib: Quantity | None = None
    points: tuple[Point, ...] = ()

    def cycles(self, size: int) -> int:
        """Cycles for ``size`` bytes, rounded up."""
        return ceil(self._between(size) if self.points else self._affine(size))

    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers that the law consists of."""
        affine = (self.fixed, self.per_kib)
        return (*(q for q in affine if q is not None), *(p.cycles for p in self.points))

    def formula(self, size: int) -> str:
        """The arithmetic for ``size`` bytes, for a reader."""
        if self.points:
            known = ", ".join(f"{p.bytes} B: {p.cycles.value:g}" for p in self.points)
            return f"{size} B between measured points ({known})"
        terms = [f"{self.fixed.value:g}"] if self.fixed else []
        if self.per_kib:
            terms.append(f"{self.per_kib.value:g}/KiB · {size / 1024:g} KiB")
        return " + ".join(terms)

    def _affine(self, size: int) -> Fraction:
        slope = self.per_kib.exact if self.per_kib else Fraction(0)
        return (self.fixed.exact if self.fixed else Fraction(0)) + slope * Fraction(size, 1024)

    def _between(self, size: int) -> Fraction:
        points = self.points
        if size <= points[0].bytes or len(points) == 1:
            return points[0].cycles.exact
        right = next((i for i, p in enumerate(points) if p.bytes >= size), len(points) - 1)
        low, high = points[right - 1], points[right]
        share = Fraction(size - low.bytes, high.bytes - low.bytes)
        return low.cycles.exact + share * (high.cycles.exact - low.cycles.exact)


@dataclass(frozen=True, slots=True)
class UnitModel:
    """A functional unit; ``capacity`` is what it serves per cycle, in the capacity's unit.

    ``fluid``: requests interleave, so that only what it serves per period counts.
    """

    capacity: Quantity
    fluid: bool = False


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """A memory of one thread block.

    Tensor memory is allocated in columns of ``lanes`` cells, ``cell_bytes`` each; a memory
    without lanes is allocated in bytes.
    """

    capacity: Quantity
    lanes: Quantity | None = None
    cell_bytes: Quantity | None = None

    @property
    def unit_bytes(self) -> int:
        """Bytes of one allocation unit: a byte, or a column of all lanes."""
        if self.lanes is None or self.cell_bytes is None:
            return 1
        return self.lanes.whole * self.cell_bytes.whole


@dataclass(frozen=True, slots=True)
class RegisterModel:
    """Registers per thread that a role may have, and those that no result can use."""

    min: Quantity
    max: Quantity
    step: Quantity
    overhead: Quantity


@dataclass(frozen=True, slots=True)
class RoleModel:
    """How a thread block can be divided into roles. ``handoff_memory`` may be absent."""

    max_roles: Quantity
    max_warps: Quantity
    warp_group: Quantity
    register_file: Quantity
    registers: RegisterModel
    named_barriers: Quantity | None = None
    reserved_barriers: Quantity | None = None
    mbarrier_bytes: Quantity | None = None
    handoff_memory: str | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Legal sizes of an instruction: ``min``, ``min + step``, ... up to ``max``."""

    min: Quantity
    max: Quantity
    step: Quantity


@dataclass(frozen=True, slots=True)
class InstructionTile:
    """Shape of one matrix instruction: rows ``m``, columns ``n``, depth ``k_bytes``."""

    m: tuple[Quantity, ...]
    n: Sizes
    k_bytes: Quantity


@dataclass(frozen=True, slots=True)
class Operands:
    """The spaces that a matrix instruction can read or write, most preferred first."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    accumulator: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixModel:
    """Matrix multiply-accumulate.

    ``rates``: MAC/cycle of the SM by type. An instruction of fewer than ``full_rate_rows``
    rows takes as long as one of that many. ``warps`` execute one instruction together.
    Operands in ``operand_memory`` pass ``operand_port``, whose capacity is in bytes/cycle;
    with ``fetch_bytes`` (per thread instruction) every warp fetches them for itself.
    ``issue``: cycles per instruction of an asynchronous engine. ``issue_slots``: thread
    instructions per instruction of a synchronous one. ``tail``: cycles from the end of
    the last instruction to the visible result, by the space of operand a.
    """

    unit: str
    instruction: str
    asynchronous: bool
    rates: Mapping[str, Quantity]
    tile: InstructionTile
    full_rate_rows: Quantity
    warps: Quantity
    operands: Operands
    tail: Mapping[str, Quantity]
    operand_memory: str | None = None
    operand_port: str | None = None
    fetch_bytes: Quantity | None = None
    issue: Quantity | None = None
    issue_slots: Quantity | None = None


@dataclass(frozen=True, slots=True)
class LaneRate:
    """Elements/cycle of the SM and thread instructions per element."""

    rate: Quantity
    issue_per_element: Quantity


@dataclass(frozen=True, slots=True)
class ElementwiseModel:
    """Functions that share lanes; ``latency`` is the pipeline's. ``types``: rates by type."""

    functions: tuple[str, ...]
    unit: str
    latency: Quantity
    types: Mapping[str, LaneRate]


@dataclass(frozen=True, slots=True)
class ReductionModel:
    """A reduction along rows; ``row_latency`` exchanges partial results between lanes."""

    unit: str
    latency: Quantity
    row_latency: Quantity
    types: Mapping[str, LaneRate]


@dataclass(frozen=True, slots=True)
class ConversionModel:
    """Type conversions; ``types``: rates by source type and target type."""

    unit: str
    latency: Quantity
    types: Mapping[str, Mapping[str, LaneRate]]


@dataclass(frozen=True, slots=True)
class CopyModel:
    """A copy between global memory and the SM.

    ``rate``: bytes/cycle for which ``unit`` is held. Each instruction moves up to
    ``instruction_bytes`` and costs ``issue`` cycles of its stream; ``issue_slots`` thread
    instructions each where they count. ``port`` carries ``port_weight`` bytes per byte.
    ``latencies``: laws by name; ``latency`` names the one that schedules use.
    """

    unit: str
    memories: tuple[str, ...]
    rate: Quantity
    warps: Quantity
    asynchronous: bool
    instruction_bytes: Quantity
    issue: Quantity
    latency: str
    latencies: Mapping[str, Law]
    variable_latency: bool = False
    streaming: bool = False
    issue_slots: Quantity | None = None
    port: str | None = None
    port_weight: Quantity | None = None


@dataclass(frozen=True, slots=True)
class StoreModel:
    """Stores to global memory: ``plain``, and ``reduce`` which adds to what is there."""

    plain: CopyModel | None = None
    reduce: CopyModel | None = None


@dataclass(frozen=True, slots=True)
class MoveModel:
    """A move between memories of the SM by the warps that hold the value.

    ``rate``: bytes/cycle. It holds ``amount`` of ``unit`` (all of it if absent).
    ``latency``: start to usable; ``fence`` on top makes it visible to asynchronous engines.
    Asynchronous moves cost ``issue`` cycles per ``instruction_bytes`` of all warps together.
    ``slot_bytes``: bytes per thread instruction.
    """

    unit: str
    rate: Quantity
    latency: Law
    warps: Quantity
    asynchronous: bool = False
    instruction_bytes: Quantity | None = None
    issue: Quantity | None = None
    slot_bytes: Quantity | None = None
    fence: Quantity | None = None


@dataclass(frozen=True, slots=True)
class BarrierModel:
    """Cycles of a barrier.

    ``one_way``: from the arrive to the waiter's next instruction. ``arrive`` and ``wait``:
    what each costs its instruction stream.
    """

    one_way: Quantity
    arrive: Quantity
    wait: Quantity


@dataclass(frozen=True, slots=True)
class SynchronisationModel:
    """What it costs when roles, or engines and roles, agree.

    ``staging``: register to register of another role, through the hand-off memory and a
    named barrier; ``staging_stream``: the part of it that each of the two streams spends
    storing or loading. ``register_wait``: waiting on one's own role for an asynchronous
    result in registers. ``memory_wait``: the same for a result in memory where there are
    no mbarriers. ``slots``: barriers per ring slot (full and empty).
    """

    register_wait: Quantity | None = None
    memory_wait: Quantity | None = None
    staging: Law | None = None
    staging_stream: Law | None = None
    staging_bytes_multiple: Quantity | None = None
    named_barrier: BarrierModel | None = None
    mbarrier: BarrierModel | None = None
    barriers_per_slot: Quantity | None = None


@dataclass(frozen=True, slots=True)
class CostModels:
    """The cost models of a machine; what is absent, the machine cannot do."""

    matrix: MatrixModel | None = None
    elementwise: Mapping[str, ElementwiseModel] | None = None
    reduction: Mapping[str, ReductionModel] | None = None
    conversion: ConversionModel | None = None
    load: CopyModel | None = None
    store: StoreModel | None = None
    move: Mapping[str, Mapping[str, MoveModel]] | None = None
    synchronisation: SynchronisationModel | None = None


@dataclass(frozen=True, slots=True)
class Machine(Displayed):
    """One GPU. ``lineage``: its own name, then the machines that it extends.

    ``issue_unit`` is the unit that serves thread instructions. A warp reaches one of
    ``sub_partitions`` equal parts of the SM. ``row_threads``: threads that hold a row of a
    tile between them. ``quantities``: every number there is. ``changes``: what was asked
    with ``--what-if``; such a machine does not exist.
    """

    name: str
    title: str
    lineage: tuple[str, ...]
    digest: str
    units: Mapping[str, UnitModel]
    quantities: tuple[Quantity, ...]
    memories: Mapping[str, MemoryModel]
    costs: CostModels = CostModels()
    roles: RoleModel | None = None
    clock_ghz: Quantity | None = None
    sm_count: Quantity | None = None
    peak_tflops: Mapping[str, Quantity] | None = None
    issue_unit: str | None = None
    sub_partitions: Quantity | None = None
    row_threads: Quantity | None = None
    changes: tuple[str, ...] = ()

    def problem_units(self) -> tuple[Unit, ...]:
        """The units as a problem wants them."""
        return tuple(
            Unit(name, unit.capacity.whole, unit.fluid) for name, unit in self.units.items()
        )

    def problem_memories(self) -> tuple[Memory, ...]:
        """The memories as a problem wants them."""
        return tuple(
            Memory(name, memory.capacity.whole, memory.capacity.unit, memory.unit_bytes)
            for name, memory in self.memories.items()
        )

    def role_limits(self) -> RoleLimits | None:
        """The limits of its roles, None for a machine that knows no roles."""
        roles = self.roles
        if roles is None:
            return None
        registers = roles.registers
        return RoleLimits(
            max_roles=roles.max_roles.whole,
            max_warps=roles.max_warps.whole,
            warp_group=roles.warp_group.whole,
            register_file=roles.register_file.whole,
            registers=RegisterRange(
                registers.min.whole,
                registers.max.whole,
                registers.step.whole,
                registers.overhead.whole,
            ),
            handoff_memory=roles.handoff_memory,
        )

    def limits(self, max_stages: int) -> Limits:
        """The limits of a claim with ``max_stages`` stages on this machine."""
        roles = self.roles
        if roles is None:
            return Limits(max_stages=max_stages)
        reserved = roles.reserved_barriers.whole if roles.reserved_barriers else 0
        barriers = roles.named_barriers
        return Limits(
            max_stages=max_stages,
            named_barriers=barriers.whole - reserved if barriers else None,
            mbarrier_bytes=roles.mbarrier_bytes.whole if roles.mbarrier_bytes else 0,
        )

    def tflops(self, mac_per_cycle: Quantity) -> float | None:
        """TFLOPS of the whole GPU at a rate of one SM, None without clock or SM count."""
        if self.clock_ghz is None or self.sm_count is None:
            return None
        rate = 2 * mac_per_cycle.exact * self.sm_count.exact * self.clock_ghz.exact
        return float(rate / 1000)
