"""The groups of the experts' kernels, as labels of operations.

Sources: flash-attention at 0251105a, ``hopper/mainloop_fwd_sm90_tma_gmma_ws.hpp``,
``flash_attn/cute/flash_fwd_sm100.py`` and ``flash_bwd_sm100.py``. The detailed study of role
partitions is in ``docs/role_structures.md``.
"""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.paper.structure import Structure, tile_of, value_of
from twill.problem import Problem

CORRECTION = {"O.register", "O_scaled", "O_scaled.tensor"}
STAGING = {"dQ.register", "dQ.shared", "dQ_sum"}

Labels = tuple[tuple[str, str], ...]


def fa3_forward(problem: Problem) -> Labels:
    """FA3: a load role, and a consumer for each row sub-tile."""
    return tuple((op.name, _load_or(op.name, f"consumer {tile_of(op.name)}")) for op in problem.ops)


def fa4_forward(problem: Problem) -> Labels:
    """FA4: loads; multiplies; softmax of each sub-tile; the rescale of both."""

    def label(op: str) -> str:
        if value_of(op) in {"S", "O"}:
            return "multiplies"
        return "rescale" if value_of(op) in CORRECTION else f"softmax {tile_of(op)}"

    return tuple((op.name, _load_or(op.name, label(op.name))) for op in problem.ops)


def fa4_backward(problem: Problem) -> Labels:
    """FA4 backward: loads; multiplies; exponential and gradients; staging of dQ."""

    def label(op: str) -> str:
        if value_of(op) in {"S", "dP", "dV", "dK", "dQ"}:
            return "multiplies"
        return "staging" if value_of(op) in STAGING else "compute"

    return tuple((op.name, _load_or(op.name, label(op.name))) for op in problem.ops)


def _load_or(op: str, label: str) -> str:
    return "load" if op in {"K", "V", "Q", "dO", "lse", "delta"} else label


def matches(structure: Structure, labels: Labels) -> bool:
    """Whether the groups of a structure are those of the labels."""
    wanted: dict[str, set[str]] = {}
    for op, label in labels:
        wanted.setdefault(label, set()).add(op)
    return _sets(structure.groups()) == _sets(wanted.values())


def _sets(groups: Iterable[Iterable[str]]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(group) for group in groups)
