"""Schedules at a smaller II with their orders kept: always schedules, never below the minimum."""

from __future__ import annotations

import pytest

from benchmarks.cases import tight
from tests.brute_force import exists, judged
from tests.random_problems import random_problem
from twill.problem import Problem
from twill.solver.cpsat.engine import Assignment, Run, Way, run
from twill.solver.cpsat.model import build
from twill.solver.tighten import tightened


def at(problem: Problem, ii: int) -> Assignment | None:
    """A schedule at an II, if there is one."""
    return run(build(problem, ii), Run(60, 10, 0, Way(linear=0))).assignment


@pytest.mark.parametrize("batch", range(3))
def test_what_is_tightened_is_a_schedule(batch: int) -> None:
    """On random problems: roles kept, nothing violated, and no II that brute force excludes."""
    smaller = 0
    for seed in range(batch * 40, (batch + 1) * 40):
        problem = random_problem(seed)
        found = at(problem, 7)
        closer = tightened(problem, found, 1) if found is not None else None
        if found is None or closer is None:
            continue
        smaller += 1
        assert closer.ii < found.ii, seed
        assert closer.role == found.role, seed
        assert judged(problem, closer.ii, closer.start, closer.role) == (), seed
        assert closer.ii > 3 or exists(problem, closer.ii), seed
    assert smaller > 10


def test_registers_are_kept_apart_where_they_must_be() -> None:
    """One tile with 168 registers: 2178 cycles but for registers, 2206 at least with them."""
    problem = tight(1, 2, 168)
    found = at(problem, 4000)
    assert found is not None
    closer = tightened(problem, found, 1024)
    assert closer is not None
    assert 2206 <= closer.ii < 2300
    assert judged(problem, closer.ii, closer.start, closer.role) == ()


def test_nothing_below_what_is_known_is_looked_for() -> None:
    """The II stops at the bound given; a schedule that is there already stays."""
    problem = tight(1, 8, 248)
    found = at(problem, 1400)
    assert found is not None
    closer = tightened(problem, found, 1399)
    assert closer is not None
    assert closer.ii == 1399
    assert tightened(problem, found, 1400) is None
