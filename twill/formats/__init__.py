"""The exchange formats: JSON forms of problems, schedules, programs and outcomes.

Names are loaded when they are first used: writing JSON needs neither pydantic nor a YAML parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twill.formats.canonical import problem_digest, sha256
    from twill.formats.problem_read import problem_from_document
    from twill.formats.problem_write import problem_to_json
    from twill.formats.program_read import program_from_document
    from twill.formats.program_write import program_to_json
    from twill.formats.schedule_read import outcome_from_document, schedule_from_document
    from twill.formats.schedule_write import outcome_to_json, schedule_to_json
    from twill.formats.schemas import KINDS, json_schema

__all__ = [
    "KINDS",
    "json_schema",
    "outcome_from_document",
    "outcome_to_json",
    "problem_digest",
    "problem_from_document",
    "problem_to_json",
    "program_from_document",
    "program_to_json",
    "schedule_from_document",
    "schedule_to_json",
    "sha256",
]

_HOMES = {
    "KINDS": "twill.formats.schemas",
    "json_schema": "twill.formats.schemas",
    "outcome_from_document": "twill.formats.schedule_read",
    "outcome_to_json": "twill.formats.schedule_write",
    "problem_digest": "twill.formats.canonical",
    "problem_from_document": "twill.formats.problem_read",
    "problem_to_json": "twill.formats.problem_write",
    "program_from_document": "twill.formats.program_read",
    "program_to_json": "twill.formats.program_write",
    "schedule_from_document": "twill.formats.schedule_read",
    "schedule_to_json": "twill.formats.schedule_write",
    "sha256": "twill.formats.canonical",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
