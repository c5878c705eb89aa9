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
from twill.solver.levels import level_names
from twill.verify import objective_values

MOST = 6
"""The largest II at which everything is tried."""

CLAIM = Claim("feasible", 1, "not proved")


def vectors(problem: Problem, ii: int, names: list[str], longest: int) -> list[tuple[int, ...]]:
    """The values of every schedule at ``ii`` whose time is at most ``longest``."""
    found = set()
    for start in starts(problem, ii):
        if Usage(problem, ii, start, {}).time > longest:
            continue
        for role in roles(problem):
            if Reference(problem, ii, start, role).holds():
                made = assemble(problem, "", ii, start, role, CLAIM)
                values = objective_values(problem, made)
                found.add(tuple(values[name] for name in names))
    return sorted(found)


def check(problem: Problem) -> bool:
    """Whether there was a schedule to compare; each proved level is the least, as is every bound.

    All levels are proved but robustness, and those after it where robustness was paid for.
    """
    outcome = solve(problem, SolveOptions(60, 0, 1))
    if not isinstance(outcome, Optimal) or outcome.schedule.ii > MOST:
        return False
    levels = outcome.schedule.objective[1:]
    names = [level.name for level in levels]
    held = vectors(problem, outcome.schedule.ii, names, levels[0].value)
    robust = next((level for level in levels if level.name == "robustness"), None)
    paid = robust is not None and robust.value < without(problem, "robustness")
    for number, level in enumerate(levels):
        least = min(vector[number] for vector in held)
        assert level.lower_bound is not None
        assert level.lower_bound <= least, level
        assert level.proved or level.name == "robustness" or paid, level
        if level.proved:
            assert level.value == least, level
        held = [vector for vector in held if vector[number] <= level.value]
    assert tuple(level.value for level in levels) in held
    return True


def without(problem: Problem, name: str) -> int:
    """The value of a level in the schedule that is best when it is not asked for."""
    names = tuple(n for n in level_names(problem) if n != name)
    outcome = solve(problem, SolveOptions(60, 0, 1, levels=names))
    assert isinstance(outcome, Optimal)
    return objective_values(problem, outcome.schedule)[name]


@pytest.mark.parametrize("batch", range(4))
def test_levels_are_the_lexicographic_minimum(batch: int) -> None:
    """Random problems; times are so small that the tolerance of the time is below a cycle."""
    compared = [check(random_problem(seed)) for seed in range(batch * 10, (batch + 1) * 10)]
    assert sum(compared) >= 3


def test_levels_with_twins_are_the_lexicographic_minimum() -> None:
    """The same where equal operations may be exchanged."""
    assert sum(check(doubled(random_problem(seed, ops=2))) for seed in range(10)) >= 3
