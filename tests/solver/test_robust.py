"""The level of robustness: what it is above, what is chosen by it, what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import floor

import pytest

from benchmarks.cases import tight
from tests.brute_force import CLAIM, judged
from tests.exhaustive import Patience, partitions, placements
from tests.lower.shipped import PAIRS, solved
from tests.random_problems import random_problem
from twill.accounting import Usage
from twill.events.longer import longer, without_registers
from twill.events.ratio import max_ratio
from twill.events.robust import LONGER, in_a_row, robust_ii
from twill.events.schedule import schedule_graph, varies
from twill.lower.lowering import usage_of
from twill.problem import (
    Dependence,
    InPlace,
    Memory,
    Op,
    Problem,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.schedule import Level, Optimal, Schedule
from twill.solver import SolveOptions, bounds, solve
from twill.solver.assemble import assemble
from twill.solver.cpsat.engine import Answer, Run, Way, run
from twill.solver.cpsat.late import add_late
from twill.solver.cpsat.model import build
from twill.solver.cpsat.variables import negated
from twill.solver.improve import Improver
from twill.solver.levels import ROBUSTNESS, level_names
from twill.storage import constraint_dependences
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
    values = [
        next(each.value for each in schedule.objective if each.name == "buffer_bytes")
        for schedule in (fragile, robust)
    ]
    assert values[1] - values[0] == 32 * 1024 + 16  # a slot of B and its two barriers
    assert all(each.proved for each in robust.objective)


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
    anyhow = bounds(without_registers(longer(made.problem, LONGER))).ii
    found = level(schedule)
    assert anyhow == 4128
    assert (found.value, found.lower_bound, found.proved) == (4180, 4180, True)


def test_the_exact_model_proves_it() -> None:
    """Attention of one tile: arithmetic leaves 65 cycles, which no schedule gets under."""
    problem = tight(1, 8, 248)
    assert bounds(without_registers(longer(problem, LONGER))).ii == 1024
    assert level(best(problem)) == Level(ROBUSTNESS, 1089, "cycles per iteration", 1089, True)
    assert robust_ii(usage_of(problem, best(problem, ROBUSTNESS))) == 1243


def test_later_levels_do_not_buy_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a level has its best in a schedule that is less robust, another one is looked for."""
    demanded = []
    demand = Improver._demand

    def noted(self: Improver) -> bool:
        demanded.append(demand(self))
        return demanded[-1]

    monkeypatch.setattr(Improver, "_demand", noted)
    schedule = best(random_problem(7, 4))
    assert demanded == [True]
    assert all(each.proved for each in schedule.objective)


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


def every_schedule(problem: Problem, ii: int) -> Iterator[Usage]:
    """By brute force."""
    for start in placements(problem, ii, Patience(10**6)):
        for role in partitions(problem):
            if not judged(problem, ii, start, role):
                yield usage_of(problem, assemble(problem, "", ii, start, role, CLAIM))


def asked(problem: Problem, schedule: Schedule, period: int) -> Answer:
    """Whether this very schedule bears longer latencies at a period, by the exact model."""
    model = build(problem, schedule.ii)
    add_late(model, LONGER, period)
    space, ops = model.space, schedule.ops
    for name, place in ops.items():
        away = place.start - ops[space.pin].start
        space.cp.add(space.start[name] - space.start[space.pin] == away)
    for one, other in combinations(ops, 2):
        same = space.same(one, other)
        together = ops[one].role == ops[other].role
        space.cp.add_bool_or([same if together else negated(same)])
    return run(model, Run(60, 5, 0, Way(0))).answer


@pytest.mark.parametrize("batch", range(4))
def test_the_exact_model_says_what_the_event_graph_says(batch: int) -> None:
    """A schedule has late times at the ratio of its event graph, and at no smaller period."""
    above = 0
    for seed in range(batch * 50, (batch + 1) * 50):
        problem = random_problem(seed, 3 + seed % 3)
        if problem.roles is None or problem.limits.concurrency == "paper":
            continue
        outcome = solve(problem, SolveOptions(60, 0, 1, levels=(), proof_limit=0))
        if not isinstance(outcome, Optimal):
            continue
        schedule = outcome.schedule
        value = robust_ii(usage_of(problem, schedule))
        if value == in_a_row(problem):
            assert asked(problem, schedule, value) == "infeasible", seed
            continue
        assert asked(problem, schedule, value) == "optimal", seed
        if value > schedule.ii:
            assert asked(problem, schedule, value - 1) == "infeasible", seed
            above += 1
    assert above >= 2


@pytest.mark.parametrize("batch", range(4))
def test_no_schedule_is_more_robust_than_the_one_chosen(batch: int) -> None:
    """Against every schedule of small problems, by brute force: the level after II and time."""
    seen = 0
    for seed in range(batch * 30, (batch + 1) * 30):
        problem = random_problem(seed, 3)
        if problem.roles is None or problem.limits.concurrency == "paper":
            continue
        outcome = solve(problem, SolveOptions(60, 0, 1, levels=("time", ROBUSTNESS), proof_limit=0))
        if not isinstance(outcome, Optimal):
            continue
        schedule = outcome.schedule
        found, time = level(schedule), schedule.objective[1]
        assert time.proved, seed
        most = max(time.value, int((time.lower_bound or 0) * (1 + time.tolerance)))
        values = [
            robust_ii(usage) for usage in every_schedule(problem, schedule.ii) if usage.time <= most
        ]
        assert found.value == min(values), seed
        assert found.proved, seed
        seen += found.value > schedule.ii
    assert seen >= 1


def late_times(usage: Usage, period: int) -> dict[str, int]:
    """When the operations start with longer latencies, as early as the event graph allows."""
    arcs = [
        (e.src, e.dst, e.delay + sum(floor(x.cycles * LONGER) for x in e.parts) - e.tokens * period)
        for e in schedule_graph(usage).edges
    ]
    at = dict.fromkeys((end for arc in arcs for end in arc[:2]), 0)
    for _ in at:
        for src, dst, delay in arcs:
            at[dst] = max(at[dst], at[src] + delay)
    assert all(at[dst] >= at[src] + delay for src, dst, delay in arcs)
    first = min(at.get(op.name, 0) for op in usage.problem.ops)
    return {op.name: at.get(op.name, 0) - first for op in usage.problem.ops}


def kept(problem: Problem, ii: int, start: dict[str, int], role: dict[str, int]) -> None:
    """Starts with longer latencies keep all that is said to hold of them anyway."""
    usage = usage_of(problem, assemble(problem, "", ii, start, role, CLAIM))
    period = robust_ii(usage)
    if period == in_a_row(problem):
        return
    anyhow = without_registers(longer(problem, LONGER))
    assert anyhow.limits.max_stages < 99
    anyhow = replace(anyhow, limits=replace(anyhow.limits, max_stages=99))
    assert judged(anyhow, period, late_times(usage, period), role) == ()


def overwritten() -> Problem:
    """Two multiplies of one engine: the second overwrites what the first reads, in its turn."""
    unit = {"tensor": (Reservation(0, 2),)}
    ops = (
        Op("copy", result=Result("shared", 8), latency=3),
        Op("reads", unit, latency=12, asynchronous=True),
        Op("writes", unit, latency=12, asynchronous=True, in_place=InPlace("copy", 0),
           result=Result("shared", 8)),
    )  # fmt: skip
    dependences = (Dependence("copy", "reads", 3), Dependence("copy", "writes", 3))
    memory, roles = Memory("shared", 16), RoleLimits(2, 8, 1)
    return Problem("overwritten", ops, dependences, (Unit("tensor"),), (memory,), roles=roles)


def test_what_no_schedule_is_below_holds_of_schedules() -> None:
    """The problem that bounds robustness allows the late times of every schedule."""
    problem = overwritten()
    (anti,) = (d for d in constraint_dependences(problem) if d.kind == "anti")
    assert not varies(problem, anti)
    role = {"copy": 0, "reads": 1, "writes": 1}
    kept(problem, 16, {"copy": 0, "reads": 3, "writes": 15}, role)
    for pair in PAIRS:
        made, schedule = solved(*pair)
        numbers = {role.name: i for i, role in enumerate(schedule.roles)}
        start = {name: placed.start for name, placed in schedule.ops.items()}
        role = {name: numbers[str(placed.role)] for name, placed in schedule.ops.items()}
        kept(made.problem, schedule.ii, start, role)


def test_everything_in_a_row_is_more_than_any_ratio() -> None:
    """Which is what a schedule has whose orders cannot be kept."""
    for seed in range(60):
        problem = random_problem(seed, 4)
        outcome = solve(problem, SolveOptions(60, 0, 1, levels=(), proof_limit=0))
        if isinstance(outcome, Optimal) and problem.roles is not None:
            usage = usage_of(problem, outcome.schedule)
            ratio = max_ratio(schedule_graph(usage), LONGER).cycles
            assert ratio is None or ratio <= in_a_row(problem), seed


def test_longer_latencies_are_exact() -> None:
    """What is busy stays busy as long; what is late is later by the fraction."""
    problem = solved("gemm", "h100")[0].problem
    more = longer(problem, Fraction(1, 2))
    assert more.op["B"].latency == floor(problem.op["B"].latency * 1.5)
    assert more.op["C"].latency == problem.op["C"].latency
    assert more.op["C"].reservations == problem.op["C"].reservations
    chained = next(d for d in more.dependences if d.src == d.dst == "C")
    assert chained.delay == next(d.delay for d in problem.dependences if d.src == d.dst == "C")
    read = next(d for d in more.dependences if (d.src, d.dst) == ("B", "C"))
    assert read.read_until == floor(problem.op["C"].latency * 1.5)
