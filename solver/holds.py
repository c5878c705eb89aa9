"""Whether an assignment that was not solved for is a schedule of a problem."""

from __future__ import annotations

from twill.formats.canonical import problem_digest
from twill.problem import Problem
from twill.schedule import Schedule
from twill.solver.assemble import LOAD_ROLE, Claim, assemble
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


def adopted(problem: Problem, schedule: Schedule) -> Assignment | None:
    """A schedule of another problem as an assignment of this one; None if it is none."""
    names = [role.name for role in schedule.roles]
    if LOAD_ROLE in names and problem.has_load_role:
        names = [LOAD_ROLE, *(name for name in names if name != LOAD_ROLE)]
    start = {name: placed.start for name, placed in schedule.ops.items()}
    role = {
        name: names.index(placed.role)
        for name, placed in schedule.ops.items()
        if placed.role is not None and problem.roles is not None
    }
    found = Assignment(schedule.ii, start, role)
    fits = set(start) == set(problem.op) and (problem.roles is None or set(role) == set(start))
    return found if fits and holds(problem, found) else None
