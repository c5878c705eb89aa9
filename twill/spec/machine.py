"""Machine files: YAML (``twill/machine/v1``) to :class:`twill.machine.Machine`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twill.diagnostics import Diagnostic, InputError
from twill.machine import Machine
from twill.quantity import Point, Quantity
from twill.spec.fields import Model
from twill.spec.machine_checks import check_names
from twill.spec.machine_layers import merge_layers, read_layers, shipped_machines
from twill.spec.machine_models import MachineModel
from twill.spec.machine_numbers import Number, PointModel
from twill.spec.nodes import Document
from twill.spec.reader import validate
from twill.spec.what_if import changed
from twill.what_if import Change

SCHEMA = "twill/machine/v1"


def load_machine(name_or_path: str, changes: Sequence[Change] = ()) -> Machine:
    """Read a shipped machine by its name, or a machine file by its path.

    ``changes`` are made to its numbers before they are checked, as if the file had them.

    :raises InputError: with everything that is wrong, each at its place.
    """
    layers = read_layers(name_or_path)
    for layer in layers:
        if not (isinstance(layer.data, dict) and layer.data.get("schema") == SCHEMA):
            validate(layer, MachineModel)
    document = merge_layers(layers)
    document.data = changed(document.data, changes)
    try:
        model = _checked(document)
    except InputError as error:
        raise InputError([_because(changes, d) for d in error.diagnostics]) from None
    return replace(_machine(document, model, layers), changes=tuple(map(str, changes)))


def _checked(document: Document) -> MachineModel:
    model = validate(document, MachineModel)
    if found := check_names(document, model):
        raise InputError(found)
    return model


def _because(changes: Sequence[Change], found: Diagnostic) -> Diagnostic:
    """A fault that the file does not have by itself."""
    if not changes:
        return found
    asked = ", ".join(map(str, changes))
    return replace(found, message=f"with --what-if {asked}: {found.message}")


def _machine(document: Document, model: MachineModel, layers: tuple[Document, ...]) -> Machine:
    freezer = _Freezer(model.sources)
    parts = {
        name: freezer.freeze(getattr(model, name), name)
        for name in type(model).model_fields
        if name not in ("schema_", "extends", "sources", "name", "title")
    }
    return Machine(
        name=model.name,
        title=model.title,
        lineage=tuple(_name(layer) for layer in layers),
        digest=_digest(document.data),
        quantities=tuple(freezer.quantities),
        **parts,
    )


def _name(layer: Document) -> str:
    name = layer.data.get("name") if isinstance(layer.data, dict) else None
    return str(name or layer.path)


def _digest(data: object) -> str:
    """SHA-256 of the merged content, in hexadecimal: how it was divided into files is no part."""
    content = {k: v for k, v in data.items() if k != "extends"} if isinstance(data, dict) else data
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class _Freezer:
    """Turns validated models into the frozen types that they name, and collects the numbers."""

    sources: dict[str, str]
    quantities: list[Quantity] = field(default_factory=list)

    def freeze(self, value: object, path: str) -> Any:
        if isinstance(value, Number):
            return self._number(value, path)
        if isinstance(value, Model):
            names = type(value).model_fields
            parts = {n: self.freeze(getattr(value, n), f"{path}.{n}") for n in names}
            return self._build(value, parts)
        if isinstance(value, dict):
            return {key: self.freeze(item, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, list):
            return tuple(self.freeze(item, f"{path}[{i}]") for i, item in enumerate(value))
        return value

    def _build(self, model: Model, parts: dict[str, Any]) -> Any:
        if parts.get("points", ()) is None:
            parts["points"] = ()
        return type(model).becomes(**parts)  # type: ignore[attr-defined]

    def _number(self, number: Any, path: str) -> Quantity | Point:
        quantity = Quantity(
            name=path,
            value=number.value,
            unit=number.unit,
            source=", ".join(number.keys),
            confidence=number.confidence,
            citation="; ".join(self.sources.get(key, key) for key in number.keys),
            note=number.note or "",
        )
        self.quantities.append(quantity)
        if isinstance(number, PointModel):
            return Point(number.bytes, quantity)
        return quantity


__all__ = ["SCHEMA", "load_machine", "shipped_machines"]
