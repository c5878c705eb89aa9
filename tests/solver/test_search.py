"""The search as a whole: what it finds, what it proves, how it ends early."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import cases
from tests.attention import attention
from tests.brute_force import exists
from tests.random_problems import random_problem
from twill.lemmas import monotone
from twill.problem import (
    REGISTER,
    Dependence,
    InPlace,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.schedule import Feasible, Infeasible, Optimal, Schedule, Unknown
from twill.solver import Progress, SolveOptions, Stop, bounds, solve
from twill.verify import objective_values, verify

OPTIONS = SolveOptions(60, 0, 1, proof_limit=0)


def optimal(problem: Problem, options: SolveOptions = OPTIONS) -> Schedule:
    """The schedule of an outcome that must be optimal."""
    outcome = solve(problem, options)
    assert isinstance(outcome, Optimal), outcome
    return outcome.schedule


def figure1() -> Problem:
    """The paper's worked example: S and O share the tensor core."""
    reserved = Reservation(0, 1)
    return Problem(
        "figure1",
        (
            Op("S", {"tensor": (reserved,)}),
            Op("P", {"exp": (reserved,)}),
            Op("O", {"tensor": (reserved,)}),
        ),
        (Dependence("S", "P", 1), Dependence("P", "O", 1), Dependence("O", "O", 1, 1)),
        (Unit("tensor"), Unit("exp")),
    )


def test_figure1_is_proved_by_arithmetic() -> None:
    """Two multiplies on one tensor core: II 2, and length 4 where 3 would collide."""
    schedule = optimal(figure1())
    assert (schedule.ii, schedule.length, schedule.stages) == (2, 4, 2)
    assert schedule.proof == "proved by arithmetic"
    assert schedule.ii_lower_bound == 2


def tight() -> Problem:
    """A lives 4 cycles and B 3, 4 registers each, of 8 on the only role: 28 <= 8 II."""
    return Problem(
        "tight",
        (
            Op("A", issue=1, latency=3, result=Result(REGISTER, 4)),
            Op("B", issue=1, latency=3, result=Result(REGISTER, 4)),
        ),
        (Dependence("A", "B", 3, read_until=1),),
        roles=RoleLimits(1, 4, 1, 65536, RegisterRange(4, 8, 4)),
        limits=Limits(max_stages=2),
    )


def test_registers_raise_the_ii_above_every_bound() -> None:
    """Arithmetic knows II >= 1; register-cycles make it 4, as trying everything confirms."""
    schedule = optimal(tight())
    assert bounds(tight()).ii == 1
    assert schedule.ii == 4
    assert schedule.proof == "one engine's word"
    assert [exists(tight(), ii) for ii in (1, 2, 3, 4)] == [False, False, False, True]


def test_a_memory_without_room_is_infeasible_by_arithmetic() -> None:
    """One slot of each ring is more than there is; the biggest is named."""
    ops = (Op("A", result=Result("shared", 8)), Op("B", result=Result("shared", 5)))
    outcome = solve(Problem("memory", ops, (), (), (Memory("shared", 12),)), OPTIONS)
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == "proved by arithmetic"
    assert "takes 13 bytes, the machine has 12 (1 too many)" in outcome.reason.summary
    assert outcome.reason.details == ("A: 8 bytes", "B: 5 bytes")


def test_an_operation_without_registers_is_infeasible_by_arithmetic() -> None:
    """One result of 9 registers on a role that has 8 at most."""
    ops = (replace(tight().ops[0], result=Result(REGISTER, 9)), tight().ops[1])
    outcome = solve(replace(tight(), ops=ops), OPTIONS)
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == "proved by arithmetic"
    assert "registers: A needs 9 + 0" in outcome.reason.summary


def accumulators() -> Problem:
    """Two accumulators of 6 registers, always alive, on one role that has 8."""
    return Problem(
        "accumulators",
        tuple(
            Op(name, latency=2, result=Result(REGISTER, 6), in_place=InPlace(name, 1))
            for name in "CD"
        ),
        (Dependence("C", "C", 1, 1), Dependence("D", "D", 1, 1)),
        roles=RoleLimits(1, 4, 1, 65536, RegisterRange(4, 8, 4)),
        limits=Limits(max_stages=2),
    )


def test_infeasible_at_every_ii_by_refutation_at_the_horizon() -> None:
    """Each accumulator fits by itself; together they never do, at any II."""
    outcome = solve(accumulators(), OPTIONS)
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == "one engine's word"
    assert "no schedule exists at any II" in outcome.reason.summary


def scattered(*offsets: int) -> Problem:
    """One operation that holds a unit for a cycle at several offsets."""
    return Problem(
        "scattered",
        (Op("A", {"u": tuple(Reservation(offset, 1) for offset in offsets)}, issue=1),),
        (),
        (Unit("u"),),
    )


def test_a_problem_that_is_not_monotone_is_scanned() -> None:
    """Offsets 0, 2, 6 collide at II 3, 4 and 6, not at 5: bisecting would have said 7."""
    problem = scattered(0, 2, 6)
    assert not monotone(problem)
    assert [exists(problem, ii) for ii in (3, 4, 5, 6, 7)] == [False, False, True, False, True]
    schedule = optimal(problem)
    assert (schedule.ii, schedule.proof) == (5, "one engine's word")


def test_a_problem_that_is_not_monotone_may_be_infeasible_everywhere() -> None:
    """Without monotonicity, every II up to the horizon is refuted before it is said."""
    ops = (*accumulators().ops, Op("A", {"u": (Reservation(0, 1), Reservation(2, 1))}))
    outcome = solve(replace(accumulators(), ops=ops, units=(Unit("u"),)), OPTIONS)
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == "one engine's word"


def test_no_time_gives_unknown_with_the_bound() -> None:
    """A limit of 0 s leaves what arithmetic knows, and never 'infeasible'."""
    outcome = solve(accumulators(), replace(OPTIONS, time_limit=0))
    assert isinstance(outcome, Unknown)
    outcome = solve(attention(), replace(OPTIONS, time_limit=0))
    assert isinstance(outcome, Unknown)
    assert outcome.ii_lower_bound == bounds(attention()).ii
    assert "time limit of 0 s" in outcome.reason.summary


def test_a_stop_before_the_search_gives_unknown() -> None:
    """Whoever stops at once gets an answer at once."""
    stop = Stop()
    stop.request()
    outcome = solve(attention(), OPTIONS, stop=stop)
    assert isinstance(outcome, Unknown)
    assert "interrupted" in outcome.reason.summary


@pytest.mark.parametrize("phase", ["time", "registers"])
def test_a_stop_during_the_levels_gives_the_best_so_far(phase: str) -> None:
    """Once a schedule is known it is returned, verified, with unproved levels marked."""
    stop = Stop()

    def stop_at(progress: Progress) -> None:
        if progress.phase == phase:
            stop.request()

    outcome = solve(attention(), OPTIONS, stop_at, stop)
    assert isinstance(outcome, Optimal | Feasible)
    assert verify(attention(), outcome.schedule) == ()
    assert not all(level.proved for level in outcome.schedule.objective)


def test_a_stop_during_the_smallest_ii_gives_the_best_so_far() -> None:
    """Stopped after the first schedule, the search says which IIs it has not excluded."""
    stop = Stop()

    def stop_at(progress: Progress) -> None:
        if progress.incumbent.startswith("II"):
            stop.request()

    one_tile = cases.tight(1, 2, 168)
    outcome = solve(one_tile, OPTIONS, stop_at, stop)
    assert isinstance(outcome, Feasible)
    assert outcome.schedule.ii > outcome.schedule.ii_lower_bound
    assert "interrupted" in outcome.reason.summary


def test_a_known_schedule_is_where_a_search_begins() -> None:
    """That of fewer registers, where there are more: no worse, and the same II as without it."""
    known = optimal(cases.tight(1, 2, 168), OPTIONS)
    roomy = cases.tight(1, 2, 184)
    told: list[Progress] = []
    alone, outcome = solve(roomy, OPTIONS), solve(roomy, OPTIONS, told.append, known=known)
    assert isinstance(alone, Optimal)
    assert isinstance(outcome, Optimal)
    assert outcome.schedule.ii == alone.schedule.ii <= known.ii
    assert all(progress.incumbent != "-" for progress in told if progress.phase == "smallest II")


def test_a_known_schedule_of_another_problem_is_left_aside() -> None:
    """More registers than there are, and other operations: the search finds its own."""
    problem = cases.tight(1, 2, 168)
    for known in (optimal(cases.tight(1, 2, 248), OPTIONS), optimal(attention(), OPTIONS)):
        outcome = solve(problem, OPTIONS, known=known)
        assert isinstance(outcome, Optimal)
        assert outcome.schedule.ii == 2206


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_input_and_seed_give_the_same_schedule(workers: int) -> None:
    """Nothing depends on timing, with one worker and with two."""
    options = replace(OPTIONS, workers=workers)
    first, second = optimal(attention(), options), optimal(attention(), options)
    assert replace(first, solver=None) == replace(second, solver=None)


@pytest.mark.parametrize("seed", range(40))
def test_levels_say_what_the_schedule_is(seed: int) -> None:
    """Every level's value is the accounted one, and no bound is above it."""
    problem = random_problem(seed)
    outcome = solve(problem, OPTIONS)
    if not isinstance(outcome, Optimal):
        assert isinstance(outcome, Infeasible)
        return
    schedule = outcome.schedule
    stated = {level.name: level.value for level in schedule.objective}
    assert stated == {name: objective_values(problem, schedule)[name] for name in stated}
    assert all(level.lower_bound is not None for level in schedule.objective)
    assert all((level.lower_bound or 0) <= level.value for level in schedule.objective)


def test_attention_is_optimal_in_every_level() -> None:
    """Roles and registers make it 12, above the 8 of the tensor core; levels are proved."""
    schedule = optimal(attention())
    assert verify(attention(), schedule) == ()
    assert (schedule.ii, bounds(attention()).ii) == (12, 8)
    assert [level.name for level in schedule.objective if not level.proved] == []
    assert {role.name for role in schedule.roles} >= {"load", "role1"}
