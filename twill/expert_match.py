"""An expert's roles, offsets and orders on the operations of a problem.

A step names a value, ``S@0``, and perhaps a sub-tile, ``S[m0]@0``; operations are slices of
values, ``S[m0,n1]``. A role that there is once per sub-tile of a dimension is one role for each
that the problem has, labelled ``consumer m0``; ``consumer`` where the problem is not cut there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twill.diagnostics import Diagnostic, InputError, did_you_mean
from twill.expert import Expert, ExpertRole, Step
from twill.problem import Problem


@dataclass(frozen=True, slots=True)
class PlacedRole:
    """A role of the expert on a problem: its operations in groups, by the role's order."""

    label: str
    role: ExpertRole
    groups: tuple[tuple[str, ...], ...]
    offsets: dict[str, int]


def value_of(op: str) -> str:
    """``P.tensor`` of ``P.tensor[m0,n3]``."""
    return op.split("[", maxsplit=1)[0]


def index_of(op: str) -> tuple[str, ...]:
    """``m0, n3`` of ``P.tensor[m0,n3]``."""
    inside = op.partition("[")[2].rstrip("]")
    return tuple(inside.split(",")) if inside else ()


def roles_of(problem: Problem, expert: Expert) -> dict[str, str]:
    """The label of the role of every operation.

    :raises InputError: naming every operation that no role has, every one that several have,
        and every step that is no operation of the problem.
    """
    label = {op: role.label for role in placed(problem, expert) for op in role.offsets}
    return {op.name: label[op.name] for op in problem.ops}


def offsets_of(problem: Problem, expert: Expert) -> dict[str, int]:
    """How many iterations after the body's own each operation stands in its role's body.

    :raises InputError: as :func:`roles_of`.
    """
    offsets = {op: o for role in placed(problem, expert) for op, o in role.offsets.items()}
    return {op.name: offsets[op.name] for op in problem.ops}


def orders_of(problem: Problem, expert: Expert) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The body of every role, by label: operations in groups without an order of their own.

    :raises InputError: as :func:`roles_of`.
    """
    return {role.label: role.groups for role in placed(problem, expert)}


def placed(problem: Problem, expert: Expert) -> tuple[PlacedRole, ...]:
    """The expert's roles that have operations of the problem.

    :raises InputError: as :func:`roles_of`.
    """
    names = [op.name for op in problem.ops]
    found = tuple(p for role in expert.roles for p in _instances(role, names))
    faults = [*_unplaced(expert, names, found), *_idle(expert, names)]
    if faults:
        raise InputError(faults)
    return tuple(role for role in found if role.offsets)


def ops_of(step: Step, names: Sequence[str], within: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The operations that a step is, of those of the sub-tiles ``within``."""
    wanted = {*step.index, *within}
    return tuple(n for n in names if value_of(n) == step.value and wanted <= {*index_of(n)})


def _instances(role: ExpertRole, names: Sequence[str]) -> Iterator[PlacedRole]:
    for index in _indices(role, names):
        within = (index,) if index else ()
        steps = [[(ops_of(step, names, within), step) for step in group] for group in role.order]
        groups = [tuple(op for ops, _ in group for op in ops) for group in steps]
        offsets = {op: step.offset for group in steps for ops, step in group for op in ops}
        label = f"{role.name} {index}" if index else role.name
        yield PlacedRole(label, role, tuple(group for group in groups if group), offsets)


def _indices(role: ExpertRole, names: Sequence[str]) -> tuple[str, ...]:
    """The sub-tiles that the role's operations have along its dimension, one empty for none."""
    if role.per is None:
        return ("",)
    values = {step.value for group in role.order for step in group}
    pattern = re.compile(rf"{re.escape(role.per.lower())}\d+")
    found = {i: None for n in names if value_of(n) in values for i in index_of(n)}
    return tuple(i for i in found if pattern.fullmatch(i)) or ("",)


def _unplaced(
    expert: Expert, names: Sequence[str], found: Sequence[PlacedRole]
) -> Iterator[Diagnostic]:
    """Operations that not exactly one role has."""
    values = [step.value for role in expert.roles for group in role.order for step in group]
    for name in names:
        labels = [role.label for role in found if name in role.offsets]
        if not labels:
            hint = None if value_of(name) in values else did_you_mean(value_of(name), values)
            yield Diagnostic(f"{expert.name}: no role has the operation '{name}'", help=hint)
        elif len(labels) > 1:
            both = " and ".join(f"'{label}'" for label in labels)
            yield Diagnostic(f"{expert.name}: '{name}' is on the roles {both}")


def _idle(expert: Expert, names: Sequence[str]) -> Iterator[Diagnostic]:
    """Steps that are no operation of the problem."""
    for role in expert.roles:
        for step in (step for group in role.order for step in group):
            if not ops_of(step, names):
                hint = did_you_mean(step.value, map(value_of, names))
                text = f"{expert.name}: {step} of '{role.name}' is no operation of the problem"
                yield Diagnostic(text, help=hint)
