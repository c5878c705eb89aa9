"""The shape of ``twill compare --json``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twill.comparison import Answer, Word
from twill.formats.schedule_model import ScheduleModel, Sha256
from twill.spec.fields import Count, Model, NonNegative, Text


class RangeModel(Model):
    """An II, proved where both ends are equal; both null where no schedule exists at any II."""

    low: Count | None
    high: Count | None = Field(description="Null where no schedule was found.")
    proof: Text
    why: str


class CriterionModel(Model):
    """One criterion with its evidence, a sentence each."""

    id: Text
    title: Text
    answer: Answer
    evidence: tuple[Text, ...]


class ColumnModel(Model):
    """A role: its steps in issue order, several in one string where their order is open."""

    name: str
    warps: NonNegative
    registers: NonNegative | None
    steps: tuple[Text, ...]


class CostModel(Model):
    """The smallest II under something."""

    what: Text
    ii: RangeModel


class ComparisonOfTwoModel(Model):
    """Ours beside the other's."""

    ours: Text
    theirs: Text
    expert: str = Field(description="Name of the expert's kernel, empty for a schedule.")
    pairing: str
    problem_sha256: Sha256
    word: Word
    sentence: Text
    our_ii: RangeModel
    their_ii: RangeModel
    criteria: tuple[CriterionModel, ...]
    our_roles: tuple[ColumnModel, ...]
    their_roles: tuple[ColumnModel, ...]
    costs: tuple[CostModel, ...]
    controls: tuple[CostModel, ...]
    published: tuple[Text, ...]
    notes: tuple[Text, ...]
    their_schedule: ScheduleModel | None


class MissingModel(Model):
    """A kernel that is compared with nothing, and what that would need."""

    expert: Text
    title: Text
    missing: tuple[Text, ...]


class ComparisonModel(Model):
    """``twill/comparison/v1``."""

    schema_: Literal["twill/comparison/v1"] = Field(alias="schema")
    comparisons: tuple[ComparisonOfTwoModel, ...]
    missing: tuple[MissingModel, ...]
