"""Frozen types as plain JSON values, for what has no exchange format of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def to_json(value: object) -> Any:
    """Dataclasses and mappings as objects, sequences as arrays, numbers and text as they are.

    A field without ``repr`` is no part of the value (the file that it was read from).
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value):
        return {
            field.name: to_json(getattr(value, field.name)) for field in fields(value) if field.repr
        }
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return str(value)
