"""One of equal sub-tiles alone: what it forbids, the whole problem forbids (lemma 10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.brute_force import exists
from tests.random_problems import random_problem
from tests.solver.test_symmetry import doubled
from twill.elaborate import elaborate
from twill.problem import Problem
from twill.schedule import Optimal
from twill.solver import SolveOptions, solve
from twill.solver.alone import alone, without
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.holds import adopted
from twill.solver.minimal_ii import Search
from twill.solver.options import Stop
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine


def attention(machine: str) -> Problem:
    """Forward attention in two row sub-tiles."""
    return elaborate(load_loop("flash_attention_forward"), load_machine(machine)).problem


@pytest.mark.parametrize("batch", range(3))
def test_what_the_part_forbids_the_whole_forbids(batch: int) -> None:
    """By trying everything: wherever twins have a schedule, one of them alone has."""
    found = 0
    for seed in range(batch * 20, (batch + 1) * 20):
        problem = doubled(random_problem(seed, ops=2))
        part = alone(problem)
        if part is not None:
            feasible = [ii for ii in (1, 2, 3) if exists(problem, ii)]
            assert all(exists(part, ii) for ii in feasible), seed
            found += bool(feasible)
    assert found


@pytest.mark.parametrize("machine", ["h100", "b200"])
def test_a_schedule_of_attention_restricted_to_a_sub_tile_holds(machine: str) -> None:
    """The starts and roles of one sub-tile and the loads are a schedule of the part."""
    problem = attention(machine)
    outcome = solve(problem, SolveOptions(levels=()))
    assert isinstance(outcome, Optimal)
    part, schedule = alone(problem), outcome.schedule
    assert part is not None
    assert len(part.ops) < len(problem.ops)
    kept = {name: schedule.ops[name] for name in part.op}
    assert adopted(part, replace(schedule, ops=kept)) is not None


def test_a_slot_of_every_ring_that_is_left_out_stays_taken() -> None:
    """The tensor memory of the part is smaller by the S and the O of the other sub-tile."""
    problem = attention("b200")
    part = alone(problem)
    assert part is not None
    room = {memory.name: memory.capacity for memory in problem.memories}
    left = {memory.name: memory.capacity for memory in part.memories}
    assert room["tensor"] - left["tensor"] == 256
    assert room["shared"] == left["shared"]


def test_nothing_is_left_out_that_shares_storage_with_the_rest() -> None:
    """A result without the value whose storage it takes over would be another problem."""
    problem = attention("h100")
    taken = next(op for op in problem.ops if op.in_place is not None)
    assert without(problem, {taken.name}) is None
    assert alone(replace(problem, ops=problem.ops[:1], dependences=())) is None


def test_the_search_raises_its_bound_by_the_part() -> None:
    """Forward attention on b200: the sub-tile alone refutes every II up to 3724."""
    problem = attention("b200")
    low = bounds(problem).ii
    assert low is not None
    search = Search(problem, low, Clock(SolveOptions(workers=1), Stop(), None))
    search._raise(3726)
    assert search.low == 3725
    search._raise(9999)
    assert search.low == 3725
