"""Equal sub-tiles repeated around the period: found, put together, and never more than a find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.cases import forward, plain, scaled
from tests.brute_force import exists
from tests.random_problems import random_problem
from tests.solver.test_symmetry import doubled
from twill.problem import Problem
from twill.schedule import Optimal
from twill.solver import SolveOptions, bounds, solve
from twill.solver.clock import Clock
from twill.solver.fold import sub_tiles
from twill.solver.options import Stop
from twill.solver.repeat import Repeater


def repeater(problem: Problem) -> Repeater:
    """One for a problem, with time enough."""
    return Repeater(problem, Clock(SolveOptions(60, 0, 1), Stop()))


def test_the_sub_tiles_are_found() -> None:
    """Six sub-tiles of attention, ten operations each; the loads belong to none."""
    images = sub_tiles(scaled(6))
    assert [len(image) for image in images] == [10] * 6
    names = [other for image in images for other in image.values()]
    assert len(set(names)) == 60
    assert not {"K", "V"} & set(names)


@pytest.mark.parametrize("problem", [scaled(6), plain(13)], ids=["joint", "modulo"])
def test_many_sub_tiles_meet_the_bound(problem: Problem) -> None:
    """62 operations with roles and 132 without: a schedule at the resource bound."""
    bound = bounds(problem).ii
    assert bound is not None
    found = repeater(problem).find(bound)
    assert found is not None
    assert found.ii == bound
    outcome = solve(problem, SolveOptions(60, 0, 1, levels=()))
    assert isinstance(outcome, Optimal)
    assert (outcome.schedule.ii, outcome.schedule.proof) == (bound, "proved by arithmetic")


def test_an_ii_that_the_sub_tiles_do_not_divide_is_rounded_up() -> None:
    """Two sub-tiles at an odd II: the next even one."""
    found = repeater(forward(2)).find(2049)
    assert found is not None
    assert found.ii == 2050


def test_a_share_that_is_not_there_is_not_found() -> None:
    """Six sub-tiles with five warp groups, one for the loads: none is left for some of them."""
    problem = scaled(6)
    assert problem.roles is not None
    short = replace(problem.roles, max_warps=20)
    assert repeater(replace(problem, roles=short)).find(6144) is None


def test_nothing_is_repeated_where_roles_are_required() -> None:
    """Requirements name operations of single sub-tiles; what is repeated knows only one."""
    problem = forward(2)
    wanted = replace(problem.requirements, roles={"S[m0]": "a", "S[m1]": "a"})
    assert repeater(replace(problem, requirements=wanted)).find(2048) is None


@pytest.mark.parametrize("batch", range(3))
def test_what_is_found_exists(batch: int) -> None:
    """On random problems with twins, an II is only found where trying everything finds one."""
    found = 0
    for seed in range(batch * 20, (batch + 1) * 20):
        problem = doubled(random_problem(seed, ops=2))
        for ii in (2, 4):
            if repeater(problem).find(ii) is not None:
                found += 1
                assert exists(problem, ii), (seed, ii)
    assert found
