"""The shapes of ``schedule.json`` and ``outcome.json``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from twill.schedule import Proof, Status
from twill.spec.fields import (
    Count,
    Integer,
    Model,
    NonNegative,
    NonNegativeNumber,
    Text,
    Total,
)


def _hexadecimal(value: str) -> str:
    if not re.fullmatch(_SHA256, value):
        raise ValueError(f"must be a SHA-256 in hexadecimal, found '{value[:80]}'")
    return value


_SHA256 = "[0-9a-f]{64}"
Sha256 = Annotated[
    str, AfterValidator(_hexadecimal), WithJsonSchema({"type": "string", "pattern": _SHA256})
]


class LevelModel(Model):
    """One level of the lexicographic objective."""

    name: Text
    value: Total
    unit: str
    lower_bound: Total | None = Field(None, description="null: not reached in time.")
    proved: bool
    tolerance: NonNegativeNumber = Field(0.0, description="A fraction of `lower_bound`.")


class RoleModel(Model):
    """A specialised group of warps."""

    name: Text
    warps: Count
    registers: NonNegative | None = Field(None, description="Per thread; null: not limited.")


class PlacementModel(Model):
    """When an operation starts, in cycles, and on which role."""

    start: Integer = Field(description="stage x II + slot")
    stage: Integer
    slot: NonNegative
    role: Text | None = None


class BufferModel(Model):
    """A ring of `depth` slots in a memory."""

    memory: Text
    size: NonNegative = Field(description="Of one slot, in the memory's unit.")
    depth: Count
    values: tuple[Text, ...] = Field(description="The results that share the ring.")
    accumulator: bool = Field(False, description="One storage, alive throughout.")


class HandoffUseModel(Model):
    """A value that crosses roles."""

    value: Text
    src: Text
    dst: tuple[Text, ...]
    latency: NonNegative = Field(description="Cycles.")
    bytes: NonNegative = Field(description="Of hand-off memory, per slot.")
    depth: NonNegative


class SolverModel(Model):
    """How a schedule was found."""

    engines: tuple[Text, ...]
    seed: Integer
    workers: NonNegative
    wall_s: NonNegativeNumber
    work: NonNegativeNumber = Field(description="In the engine's deterministic units.")


class ScheduleModel(Model):
    """A modulo schedule with its roles and rings, and what is proved about it."""

    schema_id: Literal["twill/schedule/v1"] = Field(alias="schema")
    problem_sha256: Sha256 = Field(description="Of the canonical JSON of the problem.")
    status: Status
    ii: Count = Field(description="Initiation interval in cycles.")
    ii_lower_bound: NonNegative
    stages: Count
    length: NonNegative = Field(description="First start of an iteration to its last result.")
    objective: tuple[LevelModel, ...]
    proof: Proof
    roles: tuple[RoleModel, ...] = ()
    ops: dict[Text, PlacementModel]
    buffers: dict[Text, BufferModel] = {}
    handoffs: tuple[HandoffUseModel, ...] = ()
    solver: SolverModel | None = None


class ReasonModel(Model):
    """Why something is impossible or unknown, and what would help."""

    summary: Text
    details: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()


class CachedModel(Model):
    """Says that an outcome was found by an earlier search and kept."""

    took_s: NonNegativeNumber = Field(description="Seconds that the earlier search took.")


class StatusModel(Model):
    """The part of an outcome that says which of the four it is."""

    model_config = ConfigDict(extra="ignore")

    schema_id: Literal["twill/outcome/v1"] = Field(alias="schema")
    status: Status


class OptimalModel(Model):
    """A verified schedule whose initiation interval is proved minimal."""

    schema_id: Literal["twill/outcome/v1"] = Field(alias="schema")
    status: Literal["optimal"]
    schedule: ScheduleModel
    cached: CachedModel | None = None


class FeasibleModel(Model):
    """A verified schedule; a smaller initiation interval is not excluded."""

    schema_id: Literal["twill/outcome/v1"] = Field(alias="schema")
    status: Literal["feasible"]
    schedule: ScheduleModel
    reason: ReasonModel
    cached: CachedModel | None = None


class InfeasibleModel(Model):
    """No schedule exists at any initiation interval within the limits."""

    schema_id: Literal["twill/outcome/v1"] = Field(alias="schema")
    status: Literal["infeasible"]
    reason: ReasonModel
    proof: Proof
    cached: CachedModel | None = None


class UnknownModel(Model):
    """Neither a schedule nor a proof that none exists."""

    schema_id: Literal["twill/outcome/v1"] = Field(alias="schema")
    status: Literal["unknown"]
    reason: ReasonModel
    ii_lower_bound: NonNegative
    cached: CachedModel | None = None


OutcomeModel = Annotated[
    OptimalModel | FeasibleModel | InfeasibleModel | UnknownModel, Field(discriminator="status")
]
"""What a solver answers."""
