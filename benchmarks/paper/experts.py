"""The groups of the experts' kernels, as labels of operations.

Those of the forward pass are in ``benchmarks.partitions``. FA4 backward: flash-attention at
0251105a, ``flash_attn/cute/flash_bwd_sm100.py``.
"""

from __future__ import annotations

from benchmarks.paper.structure import Structure
from benchmarks.partitions import expert_labels, same_partition
from twill.expert_match import value_of
from twill.problem import Problem
from twill.spec.expert import load_expert

CORRECTION = frozenset(
    step.value
    for role in load_expert("fa4_forward_hdim128").roles
    if role.name == "correction"
    for group in role.order
    for step in group
)
STAGING = {"dQ.register", "dQ.shared", "dQ_sum"}

Labels = tuple[tuple[str, str], ...]


def forward(problem: Problem, machine: str) -> Labels:
    """FA3 on the H100; FA4 on the B200."""
    return tuple(expert_labels(problem, machine).items())


def fa4_backward(problem: Problem) -> Labels:
    """FA4 backward: loads; multiplies; exponential and gradients; staging of dQ."""

    def label(op: str) -> str:
        if op in {"Q", "dO", "lse", "delta"}:
            return "load"
        if value_of(op) in {"S", "dP", "dV", "dK", "dQ"}:
            return "multiplies"
        return "staging" if value_of(op) in STAGING else "compute"

    return tuple((op.name, label(op.name)) for op in problem.ops)


def matches(structure: Structure, labels: Labels) -> bool:
    """Whether the groups of a structure are those of the labels."""
    return same_partition(structure.group, dict(labels))
