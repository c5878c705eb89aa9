"""Expert files: YAML (``twill/expert/v1``) to :class:`twill.expert.Expert`."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.expert import (
    Citation,
    Expert,
    ExpertBarrier,
    ExpertBuffer,
    ExpertRole,
    Pairing,
    Performance,
    Step,
)
from twill.spec.expert_checks import check_expert
from twill.spec.expert_models import (
    BarrierModel,
    CitationModel,
    ExpertModel,
    PairingModel,
    RoleModel,
)
from twill.spec.loop import shipped_loops
from twill.spec.machine_layers import shipped_machines
from twill.spec.nodes import Document, Key
from twill.spec.reader import parse_document, read_document, validate
from twill.spec.steps import FORM, parse_step

SCHEMA_PREFIX = "twill/expert/"
_PACKAGE, _SUFFIX = "twill.reports.experts", ".yaml"


def shipped_experts() -> tuple[str, ...]:
    """The names of the experts' kernels that ship with Twill, sorted."""
    names = (entry.name for entry in files(_PACKAGE).iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)))


def load_expert(name_or_path: str) -> Expert:
    """Read a shipped expert's kernel by its name, or an expert file by its path.

    :raises InputError: with everything that is wrong, each at its place.
    """
    return expert_from_document(_open(name_or_path))


def expert_from_document(document: Document) -> Expert:
    """Turn a document into an expert's kernel.

    :raises InputError: with everything that is wrong, each at its place.
    """
    model = validate(document, ExpertModel)
    reader = _Reader(document, model)
    expert = reader.expert()
    faults = reader.faults or list(check_expert(document, expert))
    if faults:
        raise InputError(sorted(dict.fromkeys(faults), key=_position))
    return expert


def _position(fault: Diagnostic) -> tuple[int, int]:
    return (fault.span.line, fault.span.column) if fault.span else (0, 0)


def _open(name_or_path: str) -> Document:
    path = Path(name_or_path)
    if name_or_path in shipped_experts():
        resource = files(_PACKAGE) / f"{name_or_path}{_SUFFIX}"
        return parse_document(resource.read_text("utf-8"), f"{name_or_path}{_SUFFIX}")
    if path.suffix or path.exists() or "/" in name_or_path:
        return read_document(path)
    message = unknown("expert", name_or_path, shipped_experts())
    raise InputError([Diagnostic(message, help="give the path of a file, or a shipped expert")])


@dataclass(slots=True)
class _Reader:
    """Builds the frozen kernel; what cannot be understood is collected as faults."""

    document: Document
    model: ExpertModel
    faults: list[Diagnostic] = field(default_factory=list)

    def expert(self) -> Expert:
        model = self.model
        return Expert(
            name=model.name,
            title=model.title,
            machine=model.machine,
            sources=tuple(map(_citation, model.sources)),
            tile=model.tile,
            roles=tuple(self._role(name, role) for name, role in model.roles.items()),
            buffers=tuple(
                ExpertBuffer(name, b.memory, b.slots, tuple(b.values), b.per, b.alternating)
                for name, b in model.buffers.items()
            ),
            barriers=tuple(self._barrier(i, barrier) for i, barrier in enumerate(model.barriers)),
            invariants=tuple(model.invariants),
            pairings=tuple(self._pairing(i, pairing) for i, pairing in enumerate(model.pairings)),
            missing=tuple(model.missing),
            scope=tuple(model.scope),
            notes=tuple(model.notes),
            performance=tuple(
                Performance(p.value, p.unit, p.conditions, p.source) for p in model.performance
            ),
        )

    def _role(self, name: str, model: RoleModel) -> ExpertRole:
        order = []
        for i, entry in enumerate(model.order):
            path: tuple[Key, ...] = ("roles", name, "order", i)
            if isinstance(entry, str):
                steps = [self._step(entry, path)]
            else:
                steps = [self._step(text, (*path, j)) for j, text in enumerate(entry)]
            order.append(tuple(step for step in steps if step is not None))
        return ExpertRole(name, model.warps, model.registers, tuple(order), model.per)

    def _barrier(self, i: int, model: BarrierModel) -> ExpertBarrier:
        after, before = (
            self._step(text, ("barriers", i, key)) if text is not None else None
            for key, text in (("after", model.after), ("before", model.before))
        )
        return ExpertBarrier(
            model.name, model.kind, model.src, model.dst, after, before, model.note or ""
        )

    def _step(self, text: str, path: tuple[Key, ...]) -> Step | None:
        step = parse_step(text)
        if isinstance(step, str):
            self.faults.append(self.document.error(path, step, FORM))
            return None
        return step

    def _pairing(self, i: int, model: PairingModel) -> Pairing:
        return Pairing(
            spec=self._file("loop", model.spec, shipped_loops(), ("pairings", i, "spec")),
            machine=self._file(
                "machine", model.machine, shipped_machines(), ("pairings", i, "machine")
            ),
            parameters=model.parameters,
            subtile=model.subtile,
            what_if=tuple(model.what_if),
            why=model.why or "",
        )

    def _file(self, what: str, name: str, shipped: tuple[str, ...], path: tuple[Key, ...]) -> str:
        """A shipped name, or the path of a file that is given from the expert file's folder."""
        if name in shipped:
            return name
        found = Path(self.document.path).parent / name
        if not found.is_file():
            help_ = f"give a shipped {what}, or a path from the folder of this file"
            self.faults.append(self.document.error(path, unknown(what, name, shipped), help_))
        return str(found)


def _citation(model: CitationModel) -> Citation:
    return Citation(
        what=model.what,
        repository=model.repository or "",
        commit=model.commit or "",
        file=model.file or "",
        lines=tuple(model.lines),
    )
