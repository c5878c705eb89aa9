"""The event graph of a schedule holds what the schedule holds, and nothing that it does not."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest

from tests.lower.shipped import PAIRS, solved
from tests.random_problems import random_problem
from twill.accounting import Usage
from twill.events.ratio import max_ratio
from twill.events.robust import LONGER, robust_ii, slacks
from twill.events.schedule import issue_time, issued, schedule_graph
from twill.lower.lowering import usage_of
from twill.problem import (
    Dependence,
    Handoff,
    Op,
    Problem,
    Reservation,
    Result,
    Unit,
)
from twill.solver import solve
from twill.solver.options import SolveOptions

MANY = range(150)


@cache
def random_usage(seed: int) -> Usage | None:
    """What a schedule of a random problem uses, if there is one."""
    problem = random_problem(seed, 4)
    schedule = getattr(solve(problem, SolveOptions(levels=(), proof_limit=0)), "schedule", None)
    return None if schedule is None else usage_of(problem, schedule)


def test_a_schedule_satisfies_its_graph() -> None:
    """Every event is late enough; only a load stream may be in another order than its data."""
    seen = 0
    for usage in map(random_usage, MANY):
        if usage is None:
            continue
        ops = usage.problem.ops
        at = {issued(op): issue_time(usage, op) for op in ops} | dict(usage.start)
        loads = {issued(op) for op in ops if op.streaming}
        for edge in schedule_graph(usage).edges:
            if edge.kind == "stream" and edge.src in loads:
                continue
            assert at[edge.dst] + edge.tokens * usage.ii >= at[edge.src] + edge.delay, edge
        seen += 1
    assert seen > 40


def test_a_schedule_keeps_its_period() -> None:
    """No circuit needs more than the II."""
    for usage in map(random_usage, MANY):
        if usage is not None and not any(op.streaming for op in usage.problem.ops):
            found = max_ratio(schedule_graph(usage)).cycles
            assert found is not None
            assert found <= usage.ii


def test_longer_latencies_never_help() -> None:
    """The period grows with the fraction and begins with the II."""
    for usage in map(random_usage, MANY):
        if usage is not None and not any(op.streaming for op in usage.problem.ops):
            found = [robust_ii(usage, Fraction(n, 4)) for n in range(4)]
            assert found == sorted(found)
            assert found[0] == usage.ii


@pytest.mark.parametrize(("loop", "machine"), PAIRS)
def test_slack_is_exact(loop: str, machine: str) -> None:
    """A latency may grow by its slack, and by no cycle more."""
    made, schedule = solved(loop, machine)
    usage = usage_of(made.problem, schedule)
    graph = schedule_graph(usage)
    period = Fraction(usage.ii)
    for slack in slacks(graph, period):
        if slack.cycles is None:
            continue
        assert slack.cycles >= 0
        assert not _exceeds(usage, slack.latency, slack.cycles)
        assert _exceeds(usage, slack.latency, slack.cycles + 1)
        assert slack.share == Fraction(slack.cycles, slack.stated)


def _exceeds(usage: Usage, latency: str, growth: int) -> bool:
    graph = schedule_graph(usage)
    weights = [
        e.delay + growth * sum(p.latency == latency for p in e.parts) - e.tokens * usage.ii
        for e in graph.edges
    ]
    return graph.positive_circuit(weights) is not None


def ring(slots: int) -> Usage:
    """A load of 40 cycles, read for 10; the period is 30. Its data lies ready for a while."""
    load = Op(
        "K", {"tma": (Reservation(0, 20),)}, issue=1, latency=40, asynchronous=True,
        variable_latency=True, streaming=True, result=Result("shared", 1),
    )  # fmt: skip
    use = Op("S", {"tensor": (Reservation(0, 30),)}, issue=1, latency=10)
    problem = Problem("ring", (load, use), (Dependence("K", "S"),), (Unit("tma"), Unit("tensor")))
    return Usage(problem, 30, {"K": 0, "S": 30 * (slots - 2) + 10}, {})


@pytest.mark.parametrize(("slots", "cycles"), [(2, 30), (3, 30)])
def test_a_ring_hides_a_latency_once_it_is_deep_enough(slots: int, cycles: int) -> None:
    """With two slots there are 60 cycles for 40 + 10; a half more of the 40 is too much."""
    usage = ring(slots)
    assert usage.depth(usage.buffers[0]) == slots
    assert robust_ii(usage, LONGER) == cycles
    assert robust_ii(usage, Fraction(1)) == (45 if slots == 2 else 30)


def test_hand_offs_grow_too() -> None:
    """A value that crosses roles and comes back: the hand-off is in the circuit, twice."""
    made = [
        Op(name, issue=1, latency=10, result=Result("shared", 1), handoff=Handoff(latency=20))
        for name in "AB"
    ]
    loops = (Dependence("A", "B", 10), Dependence("B", "A", 10, 1))
    problem = Problem("hands", tuple(made), loops)
    usage = Usage(problem, 60, {"A": 0, "B": 30}, {"A": "one", "B": "two"})
    assert robust_ii(usage, Fraction(0)) == 60
    assert robust_ii(usage, LONGER) == 70


def test_one_engine_in_order_is_no_latency() -> None:
    """A multiply that accumulates on the last one begins when the engine is free, whatever else."""
    multiply = Op("C", {"tensor": (Reservation(0, 64),)}, latency=80, asynchronous=True)
    problem = Problem("mma", (multiply,), (Dependence("C", "C", 64, 1),), (Unit("tensor"),))
    assert robust_ii(Usage(problem, 64, {"C": 0}, {}), LONGER) == 64
