"""The level of robustness: what it is above, what is chosen by it, what is said of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest

from tests.lower.shipped import solved
from tests.random_problems import random_problem
from twill.accounting import Usage
from twill.events.longer import longer, without_registers
from twill.events.robust import LONGER, robust_ii
from twill.lower.lowering import usage_of
from twill.problem import Problem
from twill.schedule import Level, Optimal, Schedule
from twill.solver import SolveOptions, bounds, solve
from twill.solver.holds import adopted
from twill.solver.levels import ROBUSTNESS, level_names
from twill.verify import verify


def best(problem: Problem, *without: str) -> Schedule:
    """The schedule that is best in all levels but some."""
    names = tuple(name for name in level_names(problem) if name not in without)
    outcome = solve(problem, SolveOptions(60, 0, 1, levels=names, proof_limit=0))
    assert isinstance(outcome, Optimal)
    return outcome.schedule


def level(schedule: Schedule) -> Level:
    """The level of robustness."""
    return next(level for level in schedule.objective if level.name == ROBUSTNESS)


def test_among_schedules_of_one_time_a_robust_one_is_chosen() -> None:
    """Gemm on the B200: with as few slots as possible late loads cost a quarter."""
    problem = solved("gemm", "b200")[0].problem
    fragile, robust = best(problem, ROBUSTNESS), best(problem)
    assert robust_ii(usage_of(problem, fragile)) == 820
    assert level(robust) == Level(ROBUSTNESS, 656, "cycles per iteration", 656, True)
    at = {each.name: each for each in robust.objective}
    assert at["time"].proved
    assert not at["buffer_bytes"].proved
    assert at["buffer_bytes"].lower_bound == next(
        each.value for each in fragile.objective if each.name == "buffer_bytes"
    )


def test_it_comes_after_the_time() -> None:
    """In the order of importance."""
    problem = solved("gemm", "b200")[0].problem
    assert [each.name for each in best(problem).objective][:4] == [
        "ii", "time", ROBUSTNESS, "handoff_cost",
    ]  # fmt: skip


def test_without_being_asked_for_it_is_not_there() -> None:
    """Nor where there are no roles."""
    problem = solved("gemm", "b200")[0].problem
    assert ROBUSTNESS not in {each.name for each in best(problem, ROBUSTNESS).objective}
    assert ROBUSTNESS not in level_names(replace(problem, roles=None))


def test_the_same_again() -> None:
    """Its search is a fixed amount of work, with fixed seeds."""
    problem = solved("gemm", "b200")[0].problem
    assert best(problem).ops == best(problem).ops


def test_a_refutation_proves_it() -> None:
    """Forward attention on the B200: arithmetic leaves 52 cycles, which no schedule gets under."""
    made, schedule = solved("flash_attention_forward", "b200")
    anyhow = bounds(without_registers(longer(made.problem, LONGER, int))).ii
    found = level(schedule)
    assert anyhow == 4128
    assert (found.value, found.lower_bound, found.proved) == (4180, 4180, True)


def test_verify_computes_it_again() -> None:
    """A schedule that claims to be more robust than it is does not pass."""
    problem = solved("gemm", "b200")[0].problem
    schedule = best(problem)
    said = tuple(
        replace(each, value=655, lower_bound=655) if each.name == ROBUSTNESS else each
        for each in schedule.objective
    )
    (violation,) = verify(problem, replace(schedule, objective=said))
    assert violation.message == "level robustness is stated as 655, it is 656"


@pytest.mark.parametrize("batch", range(4))
def test_a_schedule_of_the_longer_problem_is_one_of_the_problem(batch: int) -> None:
    """And with its rings as deep as that needs nothing comes late in it."""
    seen = 0
    for seed in range(batch * 30, (batch + 1) * 30):
        problem = random_problem(seed, 4)
        more = longer(problem, LONGER, ceil)
        outcome = solve(more, SolveOptions(60, 0, 1, levels=(), proof_limit=0))
        if not isinstance(outcome, Optimal) or problem.roles is None:
            continue
        schedule = outcome.schedule
        assert adopted(problem, schedule) is not None, seed
        usage = usage_of(problem, schedule)
        if same_slots(usage, usage_of(more, schedule)) and not streams(problem):
            assert robust_ii(usage) == schedule.ii, seed
            seen += 1
    assert seen >= 2


def same_slots(one: Usage, two: Usage) -> bool:
    """Whether rings and hand-offs have as many slots in both."""
    rings = all(one.depth(b) == two.depth(b) for b in one.buffers)
    hands = (n for n in one.handed_off if one.problem.op[n].in_registers)
    return rings and all(one.handoff_depth(n) == two.handoff_depth(n) for n in hands)


def streams(problem: Problem) -> bool:
    """Whether loads run ahead: their stream is in order of issue, not of arrival."""
    return any(op.streaming for op in problem.ops)


def test_longer_latencies_are_exact() -> None:
    """What is busy stays busy as long; what is late is later by the fraction."""
    problem = solved("gemm", "h100")[0].problem
    more = longer(problem, Fraction(1, 2), ceil)
    assert more.op["B"].latency == ceil(problem.op["B"].latency * 1.5)
    assert more.op["C"].latency == problem.op["C"].latency
    assert more.op["C"].reservations == problem.op["C"].reservations
    chained = next(d for d in more.dependences if d.src == d.dst == "C")
    assert chained.delay == next(d.delay for d in problem.dependences if d.src == d.dst == "C")
    read = next(d for d in more.dependences if (d.src, d.dst) == ("B", "C"))
    assert read.read_until == ceil(problem.op["C"].latency * 1.5)
