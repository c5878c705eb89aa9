"""JSON Schemas of the file formats, made from the models and shapes that read them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from twill.check.values import Reader

_MODELS = {
    "problem": ("twill.formats.problem_model", "ProblemModel"),
    "schedule": ("twill.formats.schedule_model", "ScheduleModel"),
    "program": ("twill.formats.program_model", "ProgramModel"),
    "comparison": ("twill.formats.comparison_model", "ComparisonModel"),
    "outcome": ("twill.formats.schedule_model", "OutcomeModel"),
    "report": ("twill.formats.report_model", "ReportModel"),
    "loop": ("twill.spec.loop_models", "LoopModel"),
    "machine": ("twill.spec.machine_models", "MachineModel"),
    "expert": ("twill.spec.expert_models", "ExpertModel"),
}

_SHAPES = ("certificate", "refutation")
"""Formats that are read by shapes of the standard library alone, in ``twill.check``."""

KINDS = (*_MODELS, *_SHAPES)
"""The formats that have a schema."""


def json_schema(kind: str) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of one of :data:`KINDS`.

    :raises KeyError: for any other kind.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"twill/{kind}/v1",
        **(_of_shape(kind) if kind in _SHAPES else _of_model(kind)),
    }


def _of_model(kind: str) -> Mapping[str, object]:
    from pydantic import TypeAdapter

    module, name = _MODELS[kind]
    model = TypeAdapter(getattr(import_module(module), name))
    return model.json_schema(by_alias=True)


def _of_shape(kind: str) -> Mapping[str, object]:
    shape: Reader = getattr(import_module("twill.check.shapes"), kind)
    return shape.schema
