"""The role partitions of expert kernels, their images, and partitions in words.

FA3 on Hopper: a load role; everything of a row sub-tile on a consumer warp group of its own.
FA4 on Blackwell: a load role; one role that issues every multiply; a softmax role per row
sub-tile; one correction role that rescales both outputs. Sources: flash-attention at 0251105a,
``hopper/mainloop_fwd_sm90_tma_gmma_ws.hpp`` and ``flash_attn/cute/flash_fwd_sm100.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.problem import Problem, groups
from twill.solver.symmetry import exchanges

Labels = Mapping[str, str]

FA3 = {
    "load": ("K", "V"),
    "consumer": ("S", "m", "alpha", "x", "p", "l_scaled", "l", "P", "O_scaled", "O"),
}
FA4 = {
    "load": ("K", "V"),
    "mma": ("S", "O"),
    "softmax": ("S.register", "m", "alpha", "x", "p", "l_scaled", "l", "P", "P.tensor"),
    "correction": ("O.register", "O_scaled", "O_scaled.tensor"),
}
PER_SUBTILE = ("consumer", "softmax")
"""Roles of which there is one per row sub-tile."""

EXPERTS = {"h100": ("FA3", FA3), "b200": ("FA4", FA4)}


def expert_labels(problem: Problem, machine: str) -> dict[str, str]:
    """The role of every operation in the expert's kernel for a machine.

    :raises InputError: for an operation that the kernel does not have.
    """
    name, roles = EXPERTS[machine]
    of = {value: role for role, values in roles.items() for value in values}
    strange = {value_of(op.name): op.name for op in problem.ops if value_of(op.name) not in of}
    if strange:
        said = [f"{name}: {unknown('operation', value, of)}" for value in strange]
        raise InputError([Diagnostic(text) for text in said])
    return {op.name: _role(of[value_of(op.name)], op.name) for op in problem.ops}


def _role(role: str, op: str) -> str:
    return f"{role} {row_of(op)}" if role in PER_SUBTILE else role


def value_of(op: str) -> str:
    """``P.tensor`` of ``P.tensor[m0,n3]``."""
    return op.split("[", maxsplit=1)[0]


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
