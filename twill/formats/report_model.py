"""The shape of ``twill/report/v1``. Nothing reads it back; the schema is made from it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twill.formats.schedule_model import OutcomeModel, Sha256
from twill.schedule import Proof, Status
from twill.spec.fields import Count, Model, Text

Value = int | float | str | bool | None


class ReportModelModel(Model):
    """What the claim is about."""

    problem_sha256: Sha256
    spec: Text | None = None
    spec_sha256: Sha256 | None = None
    machine: Text | None = None
    machine_sha256: Sha256 | None = None
    profile: Text
    max_stages: Count


class FigureModel(Model):
    """One of the few figures at the top."""

    label: Text
    value: Text
    unit: str = ""
    note: str = ""


class ColumnModel(Model):
    """A column: the key of its values in every row, and its title for a reader."""

    key: Text
    title: str


class TableModel(Model):
    """A table; each row has a value (or null) for every column's key."""

    id: Text
    title: str
    note: str
    columns: tuple[ColumnModel, ...]
    rows: tuple[dict[str, Value], ...]


class SectionModel(Model):
    """A part of the report."""

    id: Text
    title: Text
    note: str
    paragraphs: tuple[str, ...]
    tables: tuple[TableModel, ...]


class ReportModel(Model):
    """A report with all its data."""

    schema_id: Literal["twill/report/v1"] = Field(alias="schema")
    name: Text
    verdict: Text
    status: Status
    proof: Proof
    model: ReportModelModel
    figures: tuple[FigureModel, ...]
    sections: tuple[SectionModel, ...]
    outcome: OutcomeModel
