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
from twill.solver.cpsat.engine import Run, Way, run
from twill.solver.cpsat.model import build
from twill.solver.rounds import BETTER, CLIMB, FINDS
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

    All levels are proved but robustness.
    """
    outcome = solve(problem, SolveOptions(60, 0, 1))
    if not isinstance(outcome, Optimal) or outcome.schedule.ii > MOST:
        return False
    levels = outcome.schedule.objective[1:]
    names = [level.name for level in levels]
    held = vectors(problem, outcome.schedule.ii, names, levels[0].value)
    for number, level in enumerate(levels):
        least = min(vector[number] for vector in held)
        assert level.lower_bound is not None
        assert level.lower_bound <= least, level
        assert level.proved or level.name == "robustness", level
        if level.proved:
            assert level.value == least, level
        held = [vector for vector in held if vector[number] <= level.value]
    assert tuple(level.value for level in levels) in held
    return True


@pytest.mark.parametrize("batch", range(4))
def test_levels_are_the_lexicographic_minimum(batch: int) -> None:
    """Random problems; times are so small that the tolerance of the time is below a cycle."""
    compared = [check(random_problem(seed)) for seed in range(batch * 10, (batch + 1) * 10)]
    assert sum(compared) >= 3


def test_levels_with_twins_are_the_lexicographic_minimum() -> None:
    """The same where equal operations may be exchanged."""
    assert sum(check(doubled(random_problem(seed, ops=2))) for seed in range(10)) >= 3


@pytest.mark.parametrize(
    "way", [BETTER, CLIMB, FINDS, Way(0), Way(1, tree=True), Way(0, core=True)]
)
def test_every_way_to_search_finds_the_same(way: Way) -> None:
    """What a run leaves out makes it slower or faster, never wrong."""
    for seed in range(6):
        problem = random_problem(seed)
        outcome = solve(problem, SolveOptions(60, 0, 1))
        if isinstance(outcome, Optimal):
            schedule = outcome.schedule
            found = least_length(problem, schedule.ii, way)
            assert found == least_length(problem, schedule.ii, Way(1)), seed
            assert run(build(problem, schedule.ii - 1), Run(60, 5, 0, way)).answer == "infeasible"


def least_length(problem: Problem, ii: int, way: Way) -> int | None:
    """The proved least length of any schedule."""
    model = build(problem, ii)
    model.space.cp.minimize(model.level("length"))
    result = run(model, Run(60, 5, 0, way))
    assert result.answer == "optimal"
    return result.bound
