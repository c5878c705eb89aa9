"""Whether an assignment that was put together, not solved for, is a schedule."""

from __future__ import annotations

from twill.formats.canonical import problem_digest
from twill.problem import Problem
from twill.solver.assemble import Claim, assemble
from twill.solver.cpsat.engine import Assignment
from twill.verify import verify


def holds(problem: Problem, found: Assignment) -> bool:
    """Whether the assignment breaks nothing."""
    limits = problem.roles
    if limits is not None and len(set(found.role.values())) > limits.max_roles:
        return False
    claim = Claim("feasible", 1, "not proved")
    digest = problem_digest(problem)
    return not verify(problem, assemble(problem, digest, found.ii, found.start, found.role, claim))
