"""The form of a machine file, one model per mapping.

Each model names the frozen type of ``twill.machine`` that it becomes. Numbers have a type
per unit: a unit that is written down must be the one expected.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from twill import machine
from twill.quantity import Law
from twill.spec.fields import (
    Model,
    Name,
    Text,
)
from twill.spec.machine_numbers import (
    ByteRate,
    Bytes,
    Capacity,
    Cycles,
    CyclesPerKib,
    ElementRate,
    Gigahertz,
    MacRate,
    MemorySize,
    PointModel,
    Slots,
    Tflops,
    Weight,
    Whole,
    WholeOrNone,
)


class LawModel(Model):
    """Cycles for a number of bytes: ``fixed`` and ``per_kib``, or ``points``."""

    becomes: ClassVar[type] = Law
    fixed: Cycles | None = None
    per_kib: CyclesPerKib | None = None
    points: Annotated[list[PointModel], Field(min_length=2)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> LawModel:
        affine = self.fixed is not None or self.per_kib is not None
        if affine == (self.points is not None):
            raise ValueError("a law has either 'points', or 'fixed' and 'per_kib'")
        sizes = [point.bytes for point in self.points or ()]
        if sizes != sorted(set(sizes)):
            raise ValueError("the 'bytes' of a law's points must increase")
        return self


class UnitModel(Model):
    """A functional unit."""

    becomes: ClassVar[type] = machine.UnitModel
    capacity: Capacity
    fluid: bool = False


class MemoryModel(Model):
    """A memory of one thread block; ``lanes`` and ``cell_bytes`` where it has columns."""

    becomes: ClassVar[type] = machine.MemoryModel
    capacity: MemorySize
    lanes: Whole | None = None
    cell_bytes: Bytes | None = None

    @model_validator(mode="after")
    def _columns(self) -> MemoryModel:
        described = (self.lanes is not None, self.cell_bytes is not None)
        if described != (self.capacity.unit == "columns",) * 2:
            raise ValueError("'lanes' and 'cell_bytes' go with a capacity in columns, and only so")
        return self


class RegisterModel(Model):
    """Registers per thread of a role."""

    becomes: ClassVar[type] = machine.RegisterModel
    min: Whole
    max: Whole
    step: Whole
    overhead: WholeOrNone

    @model_validator(mode="after")
    def _range(self) -> RegisterModel:
        low, high, step = self.min.value, self.max.value, self.step.value
        if high < low or (high - low) % step:
            raise ValueError(f"'max' must be 'min' plus a multiple of 'step' ({low} + n·{step})")
        return self


class RoleModel(Model):
    """How a thread block is divided into roles."""

    becomes: ClassVar[type] = machine.RoleModel
    max_roles: Whole
    max_warps: Whole
    warp_group: Whole
    register_file: Whole
    registers: RegisterModel
    named_barriers: WholeOrNone | None = None
    reserved_barriers: WholeOrNone | None = None
    mbarrier_bytes: Bytes | None = None
    handoff_memory: Name | None = None


class SizesModel(Model):
    """Legal sizes of an instruction."""

    becomes: ClassVar[type] = machine.Sizes
    min: Whole
    max: Whole
    step: Whole

    @model_validator(mode="after")
    def _multiples(self) -> SizesModel:
        low, high, step = self.min.value, self.max.value, self.step.value
        if high < low or low % step or high % step:
            raise ValueError(f"'min' and 'max' must be multiples of 'step' ({step}), in order")
        return self


class InstructionTileModel(Model):
    """Shape of one matrix instruction."""

    becomes: ClassVar[type] = machine.InstructionTile
    m: Annotated[list[Whole], Field(min_length=1)]
    n: SizesModel
    k_bytes: Bytes


Spaces = Annotated[list[Name], Field(min_length=1)]


class OperandsModel(Model):
    """The spaces of the operands, most preferred first."""

    becomes: ClassVar[type] = machine.Operands
    a: Spaces
    b: Spaces
    accumulator: Spaces


class MatrixModel(Model):
    """Matrix multiply-accumulate."""

    becomes: ClassVar[type] = machine.MatrixModel
    unit: Name
    instruction: Text
    asynchronous: bool
    rates: dict[Name, MacRate]
    tile: InstructionTileModel
    full_rate_rows: Whole
    warps: Whole
    operands: OperandsModel
    tail: dict[Name, Cycles]
    operand_memory: Name | None = None
    operand_port: Name | None = None
    fetch_bytes: Bytes | None = None
    issue: Cycles | None = None
    issue_slots: Slots | None = None

    @model_validator(mode="after")
    def _consistent(self) -> MatrixModel:
        if self.asynchronous != (self.issue is not None):
            raise ValueError("'issue' goes with 'asynchronous: true', and only so")
        if self.operand_port is not None and self.operand_memory is None:
            raise ValueError("'operand_port' needs 'operand_memory'")
        missing = [space for space in self.operands.a if space not in self.tail]
        if missing:
            raise ValueError(f"'tail' lacks the space '{missing[0]}' of operand a")
        return self


class LaneRateModel(Model):
    """A rate and what it takes of the issue slots."""

    becomes: ClassVar[type] = machine.LaneRate
    rate: ElementRate
    issue_per_element: Slots


class ElementwiseModel(Model):
    """Functions that share lanes."""

    becomes: ClassVar[type] = machine.ElementwiseModel
    functions: Annotated[list[Name], Field(min_length=1)]
    unit: Name
    latency: Cycles
    types: dict[Name, LaneRateModel]


class ReductionModel(Model):
    """A reduction along rows."""

    becomes: ClassVar[type] = machine.ReductionModel
    unit: Name
    latency: Cycles
    row_latency: Cycles
    types: dict[Name, LaneRateModel]


class ConversionModel(Model):
    """Type conversions."""

    becomes: ClassVar[type] = machine.ConversionModel
    unit: Name
    latency: Cycles
    types: dict[Name, dict[Name, LaneRateModel]]


class CopyModel(Model):
    """A copy between global memory and the SM."""

    becomes: ClassVar[type] = machine.CopyModel
    unit: Name
    memories: Annotated[list[Name], Field(min_length=1)]
    rate: ByteRate
    warps: Whole
    asynchronous: bool
    instruction_bytes: Bytes
    issue: Cycles
    latency: Name
    latencies: dict[Name, LawModel]
    variable_latency: bool = False
    streaming: bool = False
    issue_slots: Slots | None = None
    port: Name | None = None
    port_weight: Weight | None = None

    @model_validator(mode="after")
    def _consistent(self) -> CopyModel:
        if self.latency not in self.latencies:
            raise ValueError(f"'latencies' has no '{self.latency}', which 'latency' names")
        if (self.port is None) != (self.port_weight is None):
            raise ValueError("'port' and 'port_weight' go together")
        if self.streaming and not self.variable_latency:
            raise ValueError("'streaming: true' needs 'variable_latency: true'")
        return self


class StoreModel(Model):
    """Stores to global memory."""

    becomes: ClassVar[type] = machine.StoreModel
    plain: CopyModel | None = None
    reduce: CopyModel | None = None


class MoveModel(Model):
    """A move between memories of the SM."""

    becomes: ClassVar[type] = machine.MoveModel
    unit: Name
    rate: ByteRate
    latency: LawModel
    warps: Whole
    asynchronous: bool = False
    instruction_bytes: Bytes | None = None
    issue: Cycles | None = None
    slot_bytes: Bytes | None = None
    fence: Cycles | None = None

    @model_validator(mode="after")
    def _consistent(self) -> MoveModel:
        started = self.instruction_bytes is not None and self.issue is not None
        if self.asynchronous != started:
            raise ValueError("'instruction_bytes' and 'issue' go with 'asynchronous: true'")
        return self


class BarrierModel(Model):
    """Cycles of a barrier."""

    becomes: ClassVar[type] = machine.BarrierModel
    one_way: Cycles
    arrive: Cycles
    wait: Cycles


class SynchronisationModel(Model):
    """What it costs to agree."""

    becomes: ClassVar[type] = machine.SynchronisationModel
    register_wait: Cycles | None = None
    memory_wait: Cycles | None = None
    staging: LawModel | None = None
    staging_stream: LawModel | None = None
    staging_bytes_multiple: Bytes | None = None
    named_barrier: BarrierModel | None = None
    mbarrier: BarrierModel | None = None
    barriers_per_slot: Whole | None = None


class CostsModel(Model):
    """The cost models of a machine."""

    becomes: ClassVar[type] = machine.CostModels
    matrix: MatrixModel | None = None
    elementwise: dict[Name, ElementwiseModel] | None = None
    reduction: dict[Literal["max", "sum"], ReductionModel] | None = None
    conversion: ConversionModel | None = None
    load: CopyModel | None = None
    store: StoreModel | None = None
    move: dict[Name, dict[Name, MoveModel]] | None = None
    synchronisation: SynchronisationModel | None = None


class MachineModel(Model):
    """A machine file after its ``extends`` have been merged in."""

    schema_: Annotated[Literal["twill/machine/v1"], Field(alias="schema")]
    name: Name
    title: Text
    extends: Text | None = None
    sources: dict[Name, Text]
    units: Annotated[dict[Name, UnitModel], Field(min_length=1)]
    memories: dict[Name, MemoryModel] = Field(default_factory=dict)
    roles: RoleModel | None = None
    costs: CostsModel = CostsModel()
    clock_ghz: Gigahertz | None = None
    sm_count: Whole | None = None
    peak_tflops: dict[Name, Tflops] | None = None
    issue_unit: Name | None = None
    sub_partitions: Whole | None = None
    row_threads: Whole | None = None
