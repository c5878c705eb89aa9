"""JSON Schemas of the file formats, made from the models that read them."""

from __future__ import annotations

from importlib import import_module

from pydantic import TypeAdapter

_MODELS = {
    "problem": ("twill.formats.problem_model", "ProblemModel"),
    "schedule": ("twill.formats.schedule_model", "ScheduleModel"),
    "outcome": ("twill.formats.schedule_model", "OutcomeModel"),
    "loop": ("twill.spec.loop_models", "LoopModel"),
    "machine": ("twill.spec.machine_models", "MachineModel"),
}

KINDS = tuple(_MODELS)
"""The formats that have a schema."""


def json_schema(kind: str) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of one of :data:`KINDS`.

    :raises KeyError: for any other kind.
    """
    module, name = _MODELS[kind]
    model = TypeAdapter(getattr(import_module(module), name))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"twill/{kind}/v1",
        **model.json_schema(by_alias=True),
    }
