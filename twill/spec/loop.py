"""Loop files: YAML (``twill/loop/v1``) to :class:`twill.loop.Loop`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.loop import ExplicitCost, Input, Loop, Operand, Operation, Reference, Target
from twill.problem import Reservation, Result
from twill.spec.loop_checks import check_loop
from twill.spec.loop_kinds import KINDS, check_keys
from twill.spec.loop_models import CostModel, LoopModel, OperationModel, TargetModel
from twill.spec.nodes import Document, Key
from twill.spec.reader import parse_document, read_document, validate
from twill.spec.references import parse_reference

_SUFFIX = ".yaml"


def shipped_loops() -> tuple[str, ...]:
    """The names of the loops that ship with Twill, sorted."""
    names = (entry.name for entry in files("twill.specs").iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)))


def load_loop(name_or_path: str) -> Loop:
    """Read a shipped loop by its name, or a loop file by its path.

    :raises InputError: with everything that is wrong, each at its place.
    """
    return loop_from_document(_open(name_or_path))


def loop_from_document(document: Document) -> Loop:
    """Turn a document into a loop.

    :raises InputError: with everything that is wrong, each at its place.
    """
    model = validate(document, LoopModel)
    reader = _Reader(document, model)
    loop = reader.loop()
    faults = reader.faults or check_loop(loop)
    if faults:
        raise InputError(sorted(dict.fromkeys(faults), key=_position))
    return loop


def _position(fault: Diagnostic) -> tuple[int, int]:
    return (fault.span.line, fault.span.column) if fault.span else (0, 0)


def _open(name_or_path: str) -> Document:
    path = Path(name_or_path)
    if name_or_path in shipped_loops():
        resource = files("twill.specs") / f"{name_or_path}{_SUFFIX}"
        return parse_document(resource.read_text("utf-8"), f"{name_or_path}{_SUFFIX}")
    if path.suffix or path.exists() or "/" in name_or_path:
        return read_document(path)
    message = unknown("loop", name_or_path, shipped_loops())
    raise InputError([Diagnostic(message, help="give the path of a file, or a shipped loop")])


class _Reader:
    """Builds the frozen loop; what cannot be understood is collected as faults."""

    def __init__(self, document: Document, model: LoopModel) -> None:
        self.document, self.model = document, model
        self.faults: list[Diagnostic] = []

    def loop(self) -> Loop:
        model = self.model
        return Loop(
            name=model.name,
            title=model.title,
            description=" ".join((model.description or "").split()),
            digest=_digest(self.document.data),
            parameters=model.parameters,
            operations=self._operations(),
            places=self.document,
            inputs=tuple(
                Input(name, tuple(i.shape), i.type or model.type, i.in_)
                for name, i in model.inputs.items()
            ),
            trips=model.trips,
            stages=model.stages,
            warps=model.warps,
            subtile=model.subtile,
            targets={name: _target(target) for name, target in model.targets.items()},
        )

    def _operations(self) -> tuple[Operation, ...]:
        """All operations; a move has the type of what it moves."""
        ops = {name: self._operation(name, op) for name, op in self.model.operations.items()}
        types = {name: i.type or self.model.type for name, i in self.model.inputs.items()}
        for name, op in ops.items():
            if op.kind == "move" and op.operands:
                source = op.operands[0].reference.name
                moved = ops[source].type if source in ops else types.get(source, op.type)
                ops[name] = replace(op, type=moved)
        return tuple(ops.values())

    def _operation(self, name: str, model: OperationModel) -> Operation:
        path = ("operations", name)
        self.faults += check_keys(self.document, path, model)
        place = model.in_place
        operands = self._operands(path, model)
        return Operation(
            name=name,
            kind=model.kind,
            operands=operands,
            shape=tuple(model.shape) if model.shape is not None else None,
            type=self._type(model),
            function=model.function,
            memory=model.in_,
            in_place=(
                self._reference(place, (*path, "in_place"))
                if place
                else _accumulator(model, operands)
            ),
            subtile=model.subtile,
            warps=model.warps,
            reduce_add=model.reduce == "add",
            cost=_cost(model.cost) if model.cost else None,
        )

    def _type(self, model: OperationModel) -> str:
        """Loads and conversions give the loop's type, arithmetic is in fp32."""
        return model.type or (self.model.type if KINDS[model.kind].narrow else "fp32")

    def _operands(self, path: tuple[Key, ...], model: OperationModel) -> tuple[Operand, ...]:
        found: list[Operand] = []
        for port in ("a", "b", "by", "accumulate"):
            text = getattr(model, port)
            if text is not None:
                self._add(found, port, text, (*path, port))
        if isinstance(model.read, str):
            self._add(found, "read", model.read, (*path, "read"))
        else:
            for i, text in enumerate(model.read or ()):
                self._add(found, "read", text, (*path, "read", i))
        return tuple(found)

    def _add(self, found: list[Operand], port: str, text: str, path: tuple[Key, ...]) -> None:
        reference = self._reference(text, path)
        if reference is not None:
            found.append(Operand(port, reference, path))

    def _reference(self, text: str, path: tuple[Key, ...]) -> Reference | None:
        reference = parse_reference(text)
        if isinstance(reference, str):
            self.faults.append(self.document.error(path, reference, "write NAME or NAME@-1"))
            return None
        return reference


def _target(model: TargetModel) -> Target:
    factors = {name: op.subtile for name, op in model.operations.items()}
    return Target(model.parameters, model.subtile, model.warps, model.trips, factors)


def _accumulator(model: OperationModel, operands: tuple[Operand, ...]) -> Reference | None:
    """A multiply adds to its accumulator where it is."""
    if model.kind != "mma" or model.cost is not None:
        return None
    return next((o.reference for o in operands if o.port == "accumulate"), None)


def _cost(model: CostModel) -> ExplicitCost:
    reservations = {
        unit: (Reservation(0, held),)
        if isinstance(held, int)
        else tuple(Reservation(*interval) for interval in held)
        for unit, held in model.units.items()
    }
    ends = [r.offset + r.length for rs in reservations.values() for r in rs]
    result = model.result
    return ExplicitCost(
        reservations=reservations,
        issue=model.issue,
        latency=max(ends, default=1) if model.latency is None else model.latency,
        warps=model.warps,
        asynchronous=model.asynchronous or model.variable_latency or model.streaming,
        variable_latency=model.variable_latency or model.streaming,
        streaming=model.streaming,
        result=Result(result.in_, result.size) if result else None,
    )


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
