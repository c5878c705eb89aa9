"""The shape of ``problem.json`` (``twill/problem/v1``), checked before its meaning is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from twill.problem import ConcurrencyReading, DependenceKind
from twill.spec.fields import Count, Integer, Model, NonNegative, Text

_REFERENCE = Annotated[str, StringConstraints(min_length=1)]


class UnitModel(Model):
    """A functional unit."""

    capacity: Count = Field(1, description="What it can serve in one cycle.")
    fluid: bool = Field(False, description="Whether only what it serves per period counts.")


class MemoryModel(Model):
    """A memory of the SM."""

    capacity: NonNegative = Field(description="How much there is, in `unit`.")
    unit: Text = Field("bytes", description="bytes, or columns of tensor memory.")
    unit_bytes: Count = Field(1, description="Bytes per unit.")


class RegistersModel(Model):
    """Registers per thread that a role may have."""

    min: NonNegative = 24
    max: NonNegative = 248
    step: Count = 8
    overhead: NonNegative = Field(0, description="Per thread, not available to results.")


class RolesModel(Model):
    """What the roles of one thread block share. Left out: there are no roles."""

    max_roles: Count
    max_warps: Count
    warp_group: Count = Field(1, description="A role's warps are rounded up to this.")
    register_file: NonNegative | None = Field(None, description="32-bit registers.")
    registers: RegistersModel = RegistersModel()
    handoff_memory: Text | None = Field(None, description="What handed-off values pass through.")


class LimitsModel(Model):
    """Limits of the claim and of the synchronisation hardware."""

    max_stages: Count = Field(8, description="All starts of one iteration lie within this x II.")
    named_barriers: NonNegative | None = None
    mbarrier_bytes: NonNegative = 0
    concurrency: ConcurrencyReading = "issue"


class ResultModel(Model):
    """Where a result lives and how big it is."""

    space: Text = Field(description="'register', the name of a memory, or 'none'.")
    size: NonNegative = Field(0, description="Registers per thread, or the memory's unit.")


class InvariantModel(Model):
    """A loop-invariant value: it takes its memory once."""

    space: Text
    size: NonNegative


class HandoffModel(Model):
    """What it costs when a reader on another role needs the result."""

    latency: NonNegative = 0
    bytes: NonNegative = 0
    issue_send: NonNegative = 0
    issue_receive: NonNegative = 0
    issue_wait: NonNegative = Field(0, description="Of a blocking wait on the same role.")
    named_barriers: NonNegative = 0
    mbarriers: NonNegative = 0


Reservations = tuple[
    Annotated[tuple[NonNegative, Count, Count], Field(description="offset, length, amount")], ...
]


class OpModel(Model):
    """One tile operation; times in cycles."""

    name: Text
    reservations: dict[Text, Reservations] = {}
    issue: NonNegative = 1
    latency: NonNegative = 1
    warps: Count = 1
    asynchronous: bool = False
    variable_latency: bool = False
    streaming: bool = False
    latencies: dict[Text, NonNegative] = {}
    result: ResultModel | None = None
    in_place: _REFERENCE | None = Field(None, description="'S', or 'O@-1' across iterations.")
    handoff: HandoffModel = HandoffModel()


class DependenceModel(Model):
    """`dst` of iteration i issues at least `delay` after `src` of i - `distance`."""

    src: Text
    dst: Text
    delay: Integer = Field(0, description="Not below 0 where `kind` is flow.")
    distance: NonNegative = 0
    kind: DependenceKind = "flow"
    blocking: bool = False
    read_until: NonNegative | None = None


class RequirementsModel(Model):
    """What is demanded of a schedule beyond what the machine demands."""

    roles: dict[Text, Text] = Field(
        {}, description="Operation: label. One label is one role, other labels are other roles."
    )
    no_handoff: bool = Field(False, description="No value in registers is read on another role.")
    other_than: tuple[dict[Text, Text], ...] = Field(
        (), description="Role partitions that are not wanted, each as operation: label."
    )


class ProblemModel(Model):
    """A loop on a machine, elaborated into integers: the input of every solver."""

    schema_id: Literal["twill/problem/v1"] = Field(alias="schema")
    name: Text
    units: dict[Text, UnitModel] = {}
    memories: dict[Text, MemoryModel] = {}
    invariants: dict[Text, InvariantModel] = {}
    roles: RolesModel | None = None
    limits: LimitsModel = LimitsModel()
    requirements: RequirementsModel = RequirementsModel()
    trips: Count = Field(1, description="The nominal trip count of the loop.")
    profile: Literal["default"] = "default"
    ops: Annotated[tuple[OpModel, ...], Field(min_length=1)]
    dependences: tuple[DependenceModel, ...] = ()
