"""REQUIREMENT: what is demanded of a schedule beyond what the machine demands."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from twill.solver.smt.space import Literal, Space, negated


def add_requirements(space: Space) -> None:
    """REQUIREMENT: pairs with one label together, others apart; refused partitions, hand-offs."""
    wanted = space.problem.requirements
    for agrees in _as_labelled(space, wanted.roles):
        space.claim(agrees)
    for labels in wanted.other_than:
        space.claim(*(negated(agrees) for agrees in _as_labelled(space, labels)))
    if wanted.no_handoff:
        for d in space.flows:
            if space.problem.op[d.src].in_registers:
                space.claim(space.same(d.src, d.dst))


def _as_labelled(space: Space, labels: Mapping[str, str]) -> list[Literal]:
    """Per pair of labelled operations: whether they are together exactly where labels agree."""
    return [
        space.same(u, v) if labels[u] == labels[v] else space.apart(u, v)
        for u, v in combinations(labels, 2)
    ]
