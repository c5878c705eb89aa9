"""JSON to WarpProgram. Whether the program is right is for ``twill.lower`` to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.formats.program_model import InstructionModel, ProgramModel, RoleProgramModel
from twill.formats.program_write import INSTRUCTIONS
from twill.lower.program import (
    Barrier,
    Held,
    Instruction,
    Resident,
    Ring,
    RoleProgram,
    Signal,
    WarpProgram,
)
from twill.spec.nodes import Document, Key
from twill.spec.validate import validate


def program_from_document(document: Document) -> WarpProgram:
    """Return the program of a file.

    :raises InputError: with everything that is wrong with the file's form.
    """
    model = validate(document, ProgramModel)
    found = [*_doubled(document, model), *_dangling(document, model)]
    if found:
        raise InputError(found)
    return WarpProgram(
        name=model.name,
        problem_sha256=model.problem_sha256,
        ii=model.ii,
        trips=model.trips,
        stages=model.stages,
        roles=tuple(_role(role) for role in model.roles),
        rings=tuple(Ring(**ring.model_dump()) for ring in model.rings),
        residents=tuple(Resident(**resident.model_dump()) for resident in model.residents),
        barriers=tuple(Barrier(**barrier.model_dump()) for barrier in model.barriers),
        used=dict(model.used),
    )


def _role(model: RoleProgramModel) -> RoleProgram:
    held = tuple(Held(**each.model_dump()) for each in model.held)
    body = tuple(_instruction(i) for i in model.body)
    return RoleProgram(model.name, model.warps, model.registers, body, held)


def _instruction(model: InstructionModel) -> Instruction:
    fields = model.model_dump(exclude={"do"})
    if "signals" in fields:
        fields["signals"] = tuple(Signal(**signal) for signal in fields["signals"])
    return INSTRUCTIONS[model.do](**fields)


# What no shape says


def _doubled(document: Document, model: ProgramModel) -> Iterator[Diagnostic]:
    """Names are unique, and every operation is run in one place."""
    named = {
        "role": [role.name for role in model.roles],
        "ring": [ring.name for ring in model.rings],
        "barrier": [barrier.name for barrier in model.barriers],
    }
    for kind, names in named.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                message = f"two {kind}s are called '{name}'"
                yield document.error((f"{kind}s", index, "name"), message)
    seen: set[str] = set()
    for at, i in _instructions(model):
        if i.do == "run":
            if i.op in seen:
                yield document.error((*at, "op"), f"'{i.op}' is run in two places")
            seen.add(i.op)


def _dangling(document: Document, model: ProgramModel) -> Iterator[Diagnostic]:
    """What is referred to is there."""
    ops = [i.op for _, i in _instructions(model) if i.do == "run"]
    roles = [role.name for role in model.roles]
    barriers = [barrier.name for barrier in model.barriers]
    for at, i in _instructions(model):
        if i.do == "run":
            for n, signal in enumerate(i.signals):
                where = (*at, "signals", n, "barrier")
                yield from _known(document, where, "barrier", signal.barrier, barriers)
        if i.do in {"wait", "arrive"}:
            yield from _known(document, (*at, "barrier"), "barrier", i.barrier, barriers)
        if i.do == "drain":
            yield from _known(document, (*at, "op"), "operation", i.op, ops)
        if i.do == "arrive":
            yield from _known(document, (*at, "after"), "operation", i.after, ops)
    for index, barrier in enumerate(model.barriers):
        for n, name in enumerate(barrier.engines):
            where = ("barriers", index, "engines", n)
            yield from _known(document, where, "operation", name, ops)
        for n, name in enumerate(barrier.roles):
            yield from _known(document, ("barriers", index, "roles", n), "role", name, roles)


def _instructions(model: ProgramModel) -> Iterator[tuple[tuple[Key, ...], InstructionModel]]:
    for r, role in enumerate(model.roles):
        for place, i in enumerate(role.body):
            yield ("roles", r, "body", place), i


def _known(
    document: Document, at: tuple[Key, ...], kind: str, name: str, names: Iterable[str]
) -> Iterator[Diagnostic]:
    names = tuple(names)
    if name not in names:
        yield document.error(at, unknown(kind, name, names))
