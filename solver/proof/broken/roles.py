"""ROLES: too many roles, or too many warps."""

from __future__ import annotations

from twill.accounting import charged_warps
from twill.solver.proof.candidate import Candidate


def add_roles(candidate: Candidate) -> int:
    """The widest operations of as few roles as are too many."""
    problem = candidate.period.problem
    limits = problem.roles
    if limits is None:
        return 0
    width = {name: charged_warps(problem, problem.op[name].warps) for name in problem.op}
    left = sorted(candidate.speakers.values(), key=lambda name: -width[name])
    chosen: list[str] = []
    warps = 0
    while left and len(chosen) <= limits.max_roles and warps <= limits.max_warps:
        chosen.append(left.pop(0))
        warps += width[chosen[-1]]
    if len(chosen) > limits.max_roles or warps > limits.max_warps:
        return candidate.axioms.add("roles", chosen)
    return 0
