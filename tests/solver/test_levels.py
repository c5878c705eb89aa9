"""Every level of the objective is the best there is, as trying everything confirms."""

from __future__ import annotations

import pytest

from tests.brute_force import roles, starts
from tests.random_problems import random_problem
from tests.reference import Reference
from tests.solver.test_symmetry import doubled
from twill.accounting import Usage
from twill.problem import Problem
from twill.schedule import Optimal
from twill.solver import SolveOptions, solve
from twill.solver.assemble import Claim, assemble
from twill.verify import objective_values

MOST = 6
"""The largest II at which everything is tried."""

CLAIM = Claim("feasible", 1, "not proved")


def best(problem: Problem, ii: int, names: list[str]) -> tuple[int, ...]:
    """The lexicographic minimum over every schedule at ``ii``."""
    found: tuple[int, ...] | None = None
    for start in starts(problem, ii):
        if found is not None and Usage(problem, ii, start, {}).time > found[0]:
            continue
        for role in roles(problem):
            if not Reference(problem, ii, start, role).holds():
                continue
            values = objective_values(problem, assemble(problem, "", ii, start, role, CLAIM))
            vector = tuple(values[name] for name in names)
            found = min(found, vector) if found is not None else vector
    assert found is not None
    return found


def check(problem: Problem) -> bool:
    """Whether there was a schedule to compare; its levels are the lexicographic minimum."""
    outcome = solve(problem, SolveOptions(60, 0, 1))
    if not isinstance(outcome, Optimal) or outcome.schedule.ii > MOST:
        return False
    names = [level.name for level in outcome.schedule.objective[1:]]
    stated = tuple(level.value for level in outcome.schedule.objective[1:])
    assert all(level.proved for level in outcome.schedule.objective)
    assert stated == best(problem, outcome.schedule.ii, names), names
    return True


@pytest.mark.parametrize("batch", range(4))
def test_levels_are_the_lexicographic_minimum(batch: int) -> None:
    """Random problems; times are so small that the tolerance of the time is below a cycle."""
    compared = [check(random_problem(seed)) for seed in range(batch * 10, (batch + 1) * 10)]
    assert sum(compared) >= 3


def test_levels_with_twins_are_the_lexicographic_minimum() -> None:
    """The same where equal operations may be exchanged."""
    assert sum(check(doubled(random_problem(seed, ops=2))) for seed in range(10)) >= 3
