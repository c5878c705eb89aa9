"""JSON to Problem: shape first, then meaning, with every error at its place."""

from __future__ import annotations

from twill.diagnostics import InputError
from twill.formats.problem_check import check_problem
from twill.formats.problem_model import DependenceModel, OpModel, ProblemModel, RolesModel
from twill.problem import (
    Dependence,
    Handoff,
    InPlace,
    Invariant,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Requirements,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.spec.nodes import Document
from twill.spec.validate import validate


def problem_from_document(document: Document) -> Problem:
    """Return the problem that a document holds.

    :raises InputError: with every error found: names that do not exist, amounts beyond a
        unit's capacity, values read from their own future, and so on.
    """
    model = validate(document, ProblemModel)
    problem = _problem(model)
    found = check_problem(document, problem)
    if found:
        raise InputError(found)
    return problem


def parse_reference(text: str) -> InPlace | None:
    """Return what ``S`` or ``O@-1`` refers to; None where it is no reference."""
    name, at, offset = text.rpartition("@")
    if not at:
        return InPlace(text)
    if not offset.startswith("-") or not offset[1:].isdecimal() or len(offset) > 10:
        return None
    return InPlace(name, int(offset[1:])) if name and int(offset[1:]) else None


def _problem(model: ProblemModel) -> Problem:
    return Problem(
        name=model.name,
        ops=tuple(_op(op) for op in model.ops),
        dependences=tuple(_dependence(dependence) for dependence in model.dependences),
        units=tuple(Unit(name, unit.capacity, unit.fluid) for name, unit in model.units.items()),
        memories=tuple(
            Memory(name, memory.capacity, memory.unit, memory.unit_bytes)
            for name, memory in model.memories.items()
        ),
        invariants=tuple(Invariant(n, v.space, v.size) for n, v in model.invariants.items()),
        roles=_roles(model.roles) if model.roles else None,
        limits=Limits(**model.limits.model_dump()),
        requirements=Requirements(**model.requirements.model_dump()),
        trips=model.trips,
        profile=model.profile,
    )


def _roles(model: RolesModel) -> RoleLimits:
    return RoleLimits(
        max_roles=model.max_roles,
        max_warps=model.max_warps,
        warp_group=model.warp_group,
        register_file=model.register_file,
        registers=RegisterRange(**model.registers.model_dump()),
        handoff_memory=model.handoff_memory,
    )


def _op(model: OpModel) -> Op:
    result = model.result
    return Op(
        name=model.name,
        reservations={
            unit: tuple(Reservation(*triple) for triple in triples)
            for unit, triples in model.reservations.items()
        },
        issue=model.issue,
        latency=model.latency,
        warps=model.warps,
        asynchronous=model.asynchronous,
        variable_latency=model.variable_latency,
        streaming=model.streaming,
        result=Result(result.space, result.size) if result and result.space != "none" else None,
        in_place=_in_place(model.in_place),
        handoff=Handoff(**model.handoff.model_dump()),
        latencies=dict(model.latencies),
    )


def _in_place(text: str | None) -> InPlace | None:
    """Return the reference; one that cannot be read keeps its text, for the check to refuse."""
    return None if text is None else parse_reference(text) or InPlace(text)


def _dependence(model: DependenceModel) -> Dependence:
    return Dependence(
        src=model.src,
        dst=model.dst,
        delay=model.delay,
        distance=model.distance,
        kind=model.kind,
        blocking=model.blocking,
        read_until=model.read_until,
    )
