"""The role partitions of expert kernels, their images, and partitions in words.

FA3 on Hopper: a load role; everything of a row sub-tile on a consumer warp group of its own.
FA4 on Blackwell: a load role; one role that issues every multiply; a softmax role per row
sub-tile; one correction role that rescales both outputs. The shipped files of both kernels say
so (``twill show fa3_forward_hdim128``); a loop that is cut or changed may have fewer operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.expert import Expert, ExpertRole
from twill.expert_match import value_of
from twill.problem import Problem, groups
from twill.solver.symmetry import exchanges
from twill.spec.expert import load_expert

Labels = Mapping[str, str]

EXPERTS = {"h100": ("FA3", "fa3_forward_hdim128"), "b200": ("FA4", "fa4_forward_hdim128")}
"""By machine, the name on the page and the shipped file of the expert's kernel."""


@cache
def _kernel(machine: str) -> Expert:
    return load_expert(EXPERTS[machine][1])


def expert_labels(problem: Problem, machine: str) -> dict[str, str]:
    """The role of every operation in the expert's kernel for a machine.

    :raises InputError: for an operation that the kernel does not have.
    """
    of = {
        step.value: role
        for role in _kernel(machine).roles
        for group in role.order
        for step in group
    }
    strange = {value_of(op.name): op.name for op in problem.ops if value_of(op.name) not in of}
    if strange:
        name, _ = EXPERTS[machine]
        said = [f"{name}: {unknown('operation', value, of)}" for value in strange]
        raise InputError([Diagnostic(text) for text in said])
    return {op.name: _label(of[value_of(op.name)], op.name) for op in problem.ops}


def _label(role: ExpertRole, op: str) -> str:
    return f"{role.name} {row_of(op)}" if role.per else role.name


def row_of(op: str) -> str:
    """``m0`` of ``P.tensor[m0,n3]``, empty where the operation has no rows."""
    inside = op.partition("[")[2].rstrip("]").split(",")
    return next((index for index in inside if index.startswith("m")), "")


def images(problem: Problem, labels: Labels) -> tuple[Labels, ...]:
    """The partition and what exchanges of equal sub-tiles make of it, each once."""
    found = {_partition(labels): dict(labels)}
    for exchange in exchanges(problem):
        image = {name: labels[exchange[name]] for name in labels}
        found.setdefault(_partition(image), image)
    return tuple(found.values())


def _partition(labels: Labels) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(names) for names in groups(labels))


def same_partition(one: Labels, other: Labels) -> bool:
    """Whether two labellings put the same operations together."""
    return _partition(one) == _partition(other)


def in_words(problem: Problem, role: Labels) -> tuple[str, ...]:
    """Each role as the values that it computes: ``K, V``, ``S[m0], O``, in program order."""
    every = [op.name for op in problem.ops]
    return tuple(_words(names, every) for names in groups(role))


def _words(names: Sequence[str], every: Sequence[str]) -> str:
    """All slices of a value are the value, all slices of one row of it ``value[m0]``."""
    mine = set(names)
    said: dict[str, None] = {}
    for name in names:
        value, row = value_of(name), row_of(name)
        slices = [other for other in every if value_of(other) == value]
        of_row = [other for other in slices if row_of(other) == row]
        if mine.issuperset(slices):
            said[value] = None
        elif mine.issuperset(of_row):
            said[f"{value}[{row}]"] = None
        else:
            said[name] = None
    return ", ".join(said)
