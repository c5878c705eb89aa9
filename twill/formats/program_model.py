"""The shape of ``program.json``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twill.events.graph import EdgeKind
from twill.formats.schedule_model import Sha256
from twill.spec.fields import Count, Integer, Model, NonNegative, Text, Total


class SignalModel(Model):
    """An engine arrives on a barrier when it completes, for the instance `lag` iterations back."""

    barrier: Text
    lag: Integer = 0


class _PlacedModel(Model):
    """Works on iteration t + `offset` in body t, at `cycle` of the period."""

    offset: Integer
    cycle: NonNegative


class RunModel(_PlacedModel):
    """Start an operation."""

    do: Literal["run"]
    op: Text
    signals: tuple[SignalModel, ...] = ()


class WaitModel(_PlacedModel):
    """Wait for the instance of a barrier `lag` iterations back, if it is one of the loop."""

    do: Literal["wait"]
    barrier: Text
    lag: Integer
    before: Text = Field(description="The operation, or value sent, in front of which it stands.")
    issuer: bool = Field(False, description="Only the warp that issues that operation waits.")


class ArriveModel(_PlacedModel):
    """All warps of the role arrive on a barrier; `offset` counts its instances."""

    do: Literal["arrive"]
    barrier: Text
    after: Text = Field(description="The operation that they finished.")


class DrainModel(_PlacedModel):
    """Wait for an asynchronous operation of the role's own, `lag` iterations back."""

    do: Literal["drain"]
    op: Text
    lag: Integer
    queue: str = Field(description="The engine, which completes operations in order.")
    pending: NonNegative = Field(description="Later ones that may be under way, steady state.")
    certain: NonNegative = Field(description="The same in any body.")
    before: str
    issuer: bool = Field(False, description="Only the warp that issued the operation waits.")


class SyncModel(_PlacedModel):
    """All warps of the role meet and see what the role wrote."""

    do: Literal["sync"]
    publishes: tuple[Text, ...]
    before: str


class SendModel(_PlacedModel):
    """Store a value of registers into its slot of the hand-off ring."""

    do: Literal["send"]
    value: Text


class ReceiveModel(_PlacedModel):
    """Load another role's value from its hand-off ring, `lag` iterations back."""

    do: Literal["receive"]
    value: Text
    lag: Integer
    reader: Text


InstructionModel = Annotated[
    RunModel | WaitModel | ArriveModel | DrainModel | SyncModel | SendModel | ReceiveModel,
    Field(discriminator="do"),
]


class HeldModel(Model):
    """Registers that values of a role share, `copies` instances at once."""

    name: Text
    values: tuple[Text, ...]
    size: NonNegative = Field(description="32-bit registers per thread of one copy.")
    copies: Count


class RoleProgramModel(Model):
    """What one role executes, for every body t."""

    name: Text
    warps: Count
    registers: NonNegative | None = Field(None, description="Per thread; null: not limited.")
    body: tuple[InstructionModel, ...]
    held: tuple[HeldModel, ...] = ()


class RingModel(Model):
    """`slots` slots of `size` each in a memory, in its unit, from `address` on."""

    name: Text
    memory: Text
    slots: Count
    size: NonNegative
    address: NonNegative
    values: tuple[Text, ...]
    accumulator: bool = Field(False, description="One slot for all iterations.")
    handoff: bool = Field(False, description="Values of registers on their way to another role.")


class ResidentModel(Model):
    """A loop-invariant value, where it lies."""

    name: Text
    memory: Text
    size: NonNegative
    address: NonNegative


class BarrierModel(Model):
    """`slots` mbarriers; each needs the arrival of every engine and every role listed."""

    name: Text
    slots: Count
    engines: tuple[Text, ...] = ()
    roles: tuple[Text, ...] = ()
    address: NonNegative | None = None


RatioModel = Annotated[
    tuple[Total, Annotated[int, Field(ge=1)]], Field(description="[numerator, denominator]")
]


class EdgeModel(Model):
    """`dst` of iteration i + `tokens` comes at least `delay` cycles after `src` of i."""

    src: Text
    dst: Text
    delay: Integer
    tokens: Integer
    kind: EdgeKind
    why: str


class AddedWaitModel(Model):
    """A wait that the lowering added, and the cycles per iteration saved without it."""

    event: Text
    cycles: RatioModel


class LatencyModel(Model):
    """How many cycles a latency may grow before the program gets slower; null: any number."""

    name: Text
    stated: NonNegative
    slack: NonNegative | None


class TimingModel(Model):
    """What follows from the event graph of the program; ratios are cycles per iteration."""

    live: bool
    cycles: RatioModel | None = Field(description="null: not live, or no period at all.")
    circuit: tuple[EdgeModel, ...] = Field(description="What sets the period, or hangs.")
    model: RatioModel | None = Field(description="Without what the lowering added.")
    longer: RatioModel | None = Field(description="With all latencies longer by a quarter.")
    added: tuple[AddedWaitModel, ...]
    latencies: tuple[LatencyModel, ...]


class ProgramModel(Model):
    """One instruction stream per role, and what they share."""

    schema_id: Literal["twill/program/v1"] = Field(alias="schema")
    name: Text
    problem_sha256: Sha256 = Field(description="Of the canonical JSON of the problem.")
    ii: Count = Field(description="Initiation interval of the schedule, in cycles.")
    trips: NonNegative = Field(description="Nominal trip count; any works.")
    stages: Count = Field(description="Iterations under way at once.")
    roles: tuple[RoleProgramModel, ...]
    rings: tuple[RingModel, ...] = ()
    residents: tuple[ResidentModel, ...] = ()
    barriers: tuple[BarrierModel, ...] = ()
    used: dict[Text, NonNegative] = Field({}, description="Of each memory, in its unit.")
    timing: TimingModel | None = None
