"""Roles from a coarser problem: families, the coarser problem, and what is found with them."""

from __future__ import annotations

from functools import cache
from itertools import islice

from benchmarks.cases import forward
from benchmarks.structure_cases import all_cases
from twill.problem import Problem
from twill.schedule import Schedule
from twill.solver import SolveOptions, Stop, bounds
from twill.solver.assemble import Claim, assemble
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment
from twill.solver.families import coarser, families
from twill.solver.role_seeds import RoleSeeds
from twill.verify import verify

LOW = 1380
"""An II from which a schedule of the sliced loop is looked for; 1385 suffices without slices."""


@cache
def loop(columns: str) -> Problem:
    """Attention's forward on b200, 64 keys of an iteration in that many slices."""
    _, problem = all_cases()[f"b200-64-{columns}/free"].problem()
    return problem


def clock() -> Clock:
    """One with time enough."""
    return Clock(SolveOptions(300, 0, 1, levels=()), Stop())


def placed(problem: Problem, found: Assignment) -> Schedule:
    """The schedule of an assignment, with nothing claimed of it."""
    claim = Claim("feasible", 1, "not proved")
    return assemble(problem, "", found.ii, found.start, found.role, claim)


def test_slices_are_a_family_and_sub_tiles_are_not() -> None:
    """Each x is cut in two sub-tiles of two slices: two families of two."""
    found = families(loop("2-whole"))
    assert ("x[m0,n0]", "x[m0,n1]") in found
    assert ("x[m1,n0]", "x[m1,n1]") in found
    assert ("S[m0]",) in found


def test_the_coarser_problem_is_as_large_as_the_loop_without_slices() -> None:
    """30 operations, and the same work of every unit: the bound that the loop itself has."""
    sliced, whole = loop("2-whole"), loop("1")
    coarse = coarser(sliced, families(sliced))
    assert len(coarse.ops) == len(whole.ops) == 30
    assert bounds(coarse).ii == bounds(whole).ii == 1280


def test_an_unsliced_loop_is_left_alone() -> None:
    """Nothing is one of several slices: there is no coarser problem."""
    assert not RoleSeeds(forward(2), clock()).useful
    assert not RoleSeeds(loop("1"), clock()).useful


def test_a_schedule_of_a_sliced_loop_is_found() -> None:
    """46 operations, near the II of the loop without slices: a schedule that verifies."""
    problem = loop("2-whole")
    found = RoleSeeds(problem, clock()).below(LOW, None)
    assert found is not None
    assert found.ii <= LOW + LOW // 32
    assert not verify(problem, placed(problem, found))


def test_the_same_seeds_again() -> None:
    """Work decides, not time: twice the same roles at the same IIs."""
    one, two = (list(islice(RoleSeeds(loop("2-whole"), clock())._seeds(LOW), 2)) for _ in range(2))
    assert len(one) == 2
    assert one == two


def test_roles_that_are_asked_for_are_kept() -> None:
    """With FA4's roles required at 64 keys in two slices, the schedule found has them."""
    _, problem = all_cases()["b200-64-2-whole/expert"].problem()
    found = RoleSeeds(problem, clock()).below(1950, None)
    assert found is not None
    assert not verify(problem, placed(problem, found))
    assert found.ii <= 1995
