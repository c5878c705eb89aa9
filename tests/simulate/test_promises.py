"""No program is slower than its event graph says, if every unit keeps the schedule's order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.random_problems import random_problem
from tests.simulate.hand_made import ADD, PROBLEM, program
from tests.simulate.test_random import tamed
from twill.accounting import Usage
from twill.diagnostics import InputError
from twill.lower import lower
from twill.lower.events import SyncCosts, timing
from twill.lower.lowering import usage_of
from twill.lower.program import Run, Sync, WarpProgram
from twill.problem import Handoff, Op, Problem, Reservation, Unit
from twill.simulate.latencies import Fixed
from twill.simulate.machine import Machine
from twill.simulate.values import Symbols
from twill.solver import solve
from twill.solver.options import SolveOptions

COSTS = SyncCosts(arrive=7, wait=11, sync=13, one_way=20)

PERIODS = 60
"""Iterations between two ends: as many as go round any small number of slots."""


def simulated(problem: Problem, made: WarpProgram, costs: SyncCosts) -> float:
    """Cycles per iteration: what so many more iterations take, begin and end left out."""
    ends = []
    for trips in (PERIODS, 2 * PERIODS):
        machine = Machine(problem, made, Symbols(), trips, Fixed(scheduled=True), costs)
        machine.run()
        ends.append(machine.end)
    return (ends[1] - ends[0]) / PERIODS


def both(problem: Problem, made: WarpProgram) -> tuple[float, float]:
    """Cycles per iteration by simulator and graph, of a program made by hand."""
    role = {run.op: r.name for r in made.roles for run in r.body if isinstance(run, Run)}
    usage = Usage(problem, made.ii, dict.fromkeys(role, 0), role)
    promised = timing(usage, made, COSTS).cycles
    assert promised is not None
    return simulated(problem, made, COSTS), float(promised)


SYNC = Sync(0, 0, (), "sum")


def test_behind_a_priced_wait_that_is_late() -> None:
    """One slot: a copy (100), its hand-off (20), the sync behind it (13), reading (50), release.

    The hand-off has the wait (5) in it, so that the sum begins right after the sync; and the sync
    cannot be over before the wait is. The release takes its way less the wait (9), and the wait.
    """
    tile = replace(PROBLEM.ops[0], handoff=Handoff(latency=20, issue_receive=5, mbarriers=2))
    problem = replace(PROBLEM, ops=(tile, PROBLEM.ops[1]))
    period = 100 + 20 + 13 + 50 + 9 + 11
    assert both(problem, program(1, add=(ADD[0], SYNC, *ADD[1:]))) == (period, period)


def test_behind_a_priced_wait_that_is_early() -> None:
    """Slots enough: the stream is full with the sum, its release, the wait and the sync."""
    problem = replace(PROBLEM, ops=(PROBLEM.ops[0], replace(PROBLEM.ops[1], issue=60)))
    period = 60 + 7 + 5 + 13
    assert both(problem, program(4, add=(ADD[0], SYNC, *ADD[1:]))) == (period, period)


def test_an_arrival_does_not_block() -> None:
    """What does not wait itself is interleaved with it: sum, release beside the rest, wait."""
    rest = Op("rest", issue=10, latency=10, warps=4)
    problem = replace(PROBLEM, ops=(*PROBLEM.ops, rest))
    period = 50 + max(7, 10) + 5
    assert both(problem, program(4, add=(*ADD, Run("rest", 0, 0)))) == (period, period)


@pytest.mark.parametrize("seed", [*range(90), 205, 286, 442, 603])
def test_random_programs_keep_what_the_graph_promises(seed: int) -> None:
    """Whatever arrivals, waits and syncs cost; in one of them nothing."""
    problem = in_turn(tamed(random_problem(seed, 3 + seed % 3)))
    schedule = getattr(solve(problem, SolveOptions(proof_limit=0)), "schedule", None)
    if problem.roles is None or schedule is None:
        return
    try:
        made = lower(problem, schedule)
    except InputError:
        return
    for costs in (SyncCosts(), SyncCosts(1, 2, 3, 4), SyncCosts(2, 1, 0, 1), SyncCosts(0, 0, 2, 5)):
        promised = timing(usage_of(problem, schedule), made, costs).cycles
        assert promised is None or simulated(problem, made, costs) <= promised


def in_turn(problem: Problem) -> Problem:
    """With units that serve one operation at a time, at its start, and copies ahead on their own.

    Only then both keep one order: the simulator that of starts, the graph that of reservations,
    and of those that fit together in twos it does not ask whether three do. A copy that runs
    ahead is served on arrival (docs/simulating.md).
    """
    ops = tuple(replace(op, reservations=_at_once(op)) for op in problem.ops)
    units = (*(replace(unit, capacity=1) for unit in problem.units), Unit("copy"))
    return replace(problem, ops=ops, units=units)


def _at_once(op: Op) -> dict[str, tuple[Reservation, ...]]:
    if op.streaming:
        return {"copy": (Reservation(0, 2),)}
    first = {unit: held[0] for unit, held in op.reservations.items()}
    return {unit: (replace(r, offset=0, amount=1),) for unit, r in first.items()}
