"""Names in a machine file that must exist elsewhere in it: sources, units, spaces, types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twill.costs.requests import TYPE_BITS
from twill.diagnostics import Diagnostic, unknown
from twill.problem import REGISTER
from twill.spec.fields import Model
from twill.spec.machine_models import (
    ConversionModel,
    CopyModel,
    CostsModel,
    ElementwiseModel,
    MachineModel,
    MatrixModel,
    OperandsModel,
    ReductionModel,
    RoleModel,
)
from twill.spec.machine_numbers import Number
from twill.spec.nodes import Document, Key

Path = tuple[Key, ...]
_UNIT_FIELDS = ("unit", "port", "operand_port", "issue_unit")
_SPACE_FIELDS = ("memories", "a", "b", "accumulator", "operand_memory", "handoff_memory")
_BANDWIDTH_FIELDS = ("port", "operand_port")
BANDWIDTH = "B/cycle"


def check_names(document: Document, model: MachineModel) -> list[Diagnostic]:
    """Return a diagnostic for each name that does not exist or does not fit."""
    checker = _Checker(document, model)
    return [found for path, part in walk(model) for found in checker.check(path, part)]


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, Model]]:
    """Yield every mapping of a validated file with its place."""
    if isinstance(value, Model):
        yield path, value
        children: Iterable[tuple[Key, object]] = (
            (info.alias or name, getattr(value, name))
            for name, info in type(value).model_fields.items()
        )
    elif isinstance(value, dict):
        children = value.items()
    elif isinstance(value, (list, tuple)):
        children = enumerate(value)
    else:
        return
    for key, child in children:
        yield from walk(child, (*path, key))


@dataclass(frozen=True, slots=True)
class _Checker:
    """The checks of one mapping ``part`` at ``path``, against the whole file."""

    document: Document
    model: MachineModel

    def check(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        yield from self._sources(path, part)
        yield from self._units(path, part)
        yield from self._spaces(path, part)
        yield from self._types(path, part)
        yield from self._functions(path, part)
        yield from self._roles(path, part)

    def _sources(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        if not isinstance(part, Number):
            return
        for index, key in enumerate(part.keys):
            if key not in self.model.sources:
                place: Path = (*path, "source")
                place = place if isinstance(part.source, str) else (*place, index)
                help = "add it to 'sources' with a full citation"
                yield self.document.error(place, unknown("source", key, self.model.sources), help)

    def _units(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        if isinstance(part, Number):
            return
        for name in _UNIT_FIELDS:
            unit = getattr(part, name, None)
            if not isinstance(unit, str):
                continue
            if unit not in self.model.units:
                message = unknown("unit", unit, self.model.units)
                yield self.document.error((*path, name), message, "units are listed under 'units'")
            elif name in _BANDWIDTH_FIELDS and self.model.units[unit].capacity.unit != BANDWIDTH:
                message = (
                    f"'{name}' needs a unit with a capacity in {BANDWIDTH}, which '{unit}' is not"
                )
                yield self.document.error((*path, name), message)

    def _spaces(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        known = (*self.model.memories, REGISTER)
        if isinstance(part, CostsModel):
            yield from self._move_ends(part, path, known)
        if not isinstance(part, OperandsModel | CopyModel | MatrixModel | RoleModel):
            return
        for name in _SPACE_FIELDS:
            value = getattr(part, name, None)
            if isinstance(value, str) and value not in known:
                yield self.document.error((*path, name), unknown("memory", value, known))
            for index, space in enumerate(value if isinstance(value, list) else ()):
                if space not in known:
                    yield self.document.error((*path, name, index), unknown("memory", space, known))

    def _move_ends(
        self, part: CostsModel, path: Path, known: tuple[str, ...]
    ) -> Iterator[Diagnostic]:
        for source, targets in (part.move or {}).items():
            place: Path = (*path, "move", source)
            if source not in known:
                yield self.document.error(place, unknown("memory", source, known), key=True)
            for target in targets:
                if target not in known:
                    yield self.document.error(
                        (*place, target), unknown("memory", target, known), key=True
                    )

    def _types(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        tables: list[tuple[Path, Iterable[str]]] = []
        if isinstance(part, MatrixModel):
            tables.append(((*path, "rates"), part.rates))
        if isinstance(part, MachineModel):
            tables.append((("peak_tflops",), part.peak_tflops or {}))
        if isinstance(part, ElementwiseModel | ReductionModel | ConversionModel):
            tables.append(((*path, "types"), part.types))
        if isinstance(part, ConversionModel):
            tables += [((*path, "types", source), part.types[source]) for source in part.types]
        for place, names in tables:
            for name in names:
                if name not in TYPE_BITS:
                    message = unknown("element type", name, TYPE_BITS)
                    yield self.document.error((*place, name), message, key=True)

    def _functions(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        if not isinstance(part, CostsModel):
            return
        seen: dict[str, str] = {}
        for group, lanes in (part.elementwise or {}).items():
            for index, function in enumerate(lanes.functions):
                if function in seen:
                    message = f"'{function}' is already a function of '{seen[function]}'"
                    place: Path = (*path, "elementwise", group, "functions", index)
                    yield self.document.error(place, message)
                seen.setdefault(function, group)

    def _roles(self, path: Path, part: Model) -> Iterator[Diagnostic]:
        """More than one role needs a way for values to cross."""
        if not isinstance(part, RoleModel) or part.max_roles.value == 1:
            return
        costs = self.model.costs.synchronisation
        needed = {
            "handoff_memory": part.handoff_memory,
            "costs.synchronisation.staging": costs and costs.staging,
            "costs.synchronisation.named_barrier": costs and costs.named_barrier,
            "costs.synchronisation.mbarrier": costs and costs.mbarrier,
        }
        missing = [name for name, value in needed.items() if value is None]
        if missing:
            message = f"more than one role needs {', '.join(missing)}"
            yield self.document.error((*path, "max_roles"), message, "or set max_roles to 1")
