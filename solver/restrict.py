"""Narrower models of a problem at one II, in which a schedule may be found sooner.

They only find: that one of them has no schedule says nothing about the problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from twill.problem import Problem
from twill.solver.cpsat.model import Model, build


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a model is narrowed to: see ``Space``."""

    stages: int
    length: int
    roles: int | None
    together: bool


def restrictions(problem: Problem, ii: int, path: int) -> list[Restriction]:
    """Few stages and roles first, values in registers kept on their role first.

    ``path``: the critical path in cycles, about as long as a good schedule.
    """
    length = path + path // 4 + ii
    stages = min(problem.limits.max_stages, length // ii + 1)
    counts = _role_counts(problem)
    found = []
    for count in dict.fromkeys((max(1, stages - 1), stages)):
        found += [Restriction(count, length, roles, together=True) for roles in counts[:2]]
    found += [Restriction(stages, length, roles, together=False) for roles in counts]
    return found


def restricted(problem: Problem, ii: int, to: Restriction) -> Model:
    """The model of a problem under a restriction."""
    limits = replace(problem.limits, max_stages=to.stages)
    narrow = replace(problem, limits=limits)
    return build(narrow, ii, to.roles, together=to.together, longest=to.length)


def _role_counts(problem: Problem) -> tuple[int | None, ...]:
    """Numbers of roles to try, fewest first; None where there is nothing to choose."""
    limits = problem.roles
    if limits is None:
        return (None,)
    first = 3 if problem.has_load_role else 1
    counts = [first + more for more in (0, 1, 2, 3) if first + more < limits.max_roles]
    return (*counts, limits.max_roles)
