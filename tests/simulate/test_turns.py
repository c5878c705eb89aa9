"""Units in the schedule's order, and where the order of arrival is slower."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.lower.shipped import PAIRS, fragile, solved
from twill.elaborate import Elaboration
from twill.lower import WarpProgram, confused_phases, missing_orderings
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts, timing
from twill.lower.lowering import usage_of
from twill.lower.program import Arrive, Wait
from twill.schedule import Schedule
from twill.simulate.latencies import Fixed
from twill.simulate.machine import Machine
from twill.simulate.measure import cycles_per_iteration
from twill.simulate.turns import _simulated, program_of
from twill.simulate.values import Symbols

DOCS = Path(__file__).resolve().parents[2] / "docs" / "simulating.md"


@cache
def programmed(loop: str, machine: str) -> WarpProgram:
    """The program of a pair, with turns where they help."""
    made, schedule = solved(loop, machine)
    return program_of(made.problem, schedule, SyncCosts.of(made.machine))


Schedules = Callable[[str, str], tuple[Elaboration, Schedule]]

BACKWARD: list[tuple[Schedules, str]] = [
    (schedules, machine) for schedules in (solved, fragile) for machine in ("h100", "b200")
]
"""Backward attention, where two roles multiply: the robust schedules, and those with the fewest
registers and the shortest. Which of several that are as good is not up to these tests."""


@cache
def with_turns(schedules: Schedules, machine: str) -> tuple[WarpProgram, WarpProgram]:
    """Backward attention's program without turns, and with those that help."""
    made, schedule = schedules("flash_attention_backward", machine)
    costs = SyncCosts.of(made.machine)
    before = lower_well(made.problem, schedule, costs)
    return before, program_of(made.problem, schedule, costs)


def speeds(schedules: Schedules, machine: str) -> tuple[float, float, float]:
    """Cycles per iteration without turns, with them, and as schedule and graph promise."""
    made, schedule = schedules("flash_attention_backward", machine)
    costs, programs = SyncCosts.of(made.machine), with_turns(schedules, machine)
    before, after = (_simulated(made.problem, program, costs) for program in programs)
    promised = timing(usage_of(made.problem, schedule), programs[1], costs).cycles
    assert promised is not None
    return before, after, max(float(promised), schedule.ii)


@pytest.mark.parametrize(
    ("schedules", "machine"), BACKWARD, ids=[f"{made.__name__}-{gpu}" for made, gpu in BACKWARD]
)
def test_with_turns_no_role_runs_ahead(schedules: Schedules, machine: str) -> None:
    """Turns are taken only where they help, and then the loop is as fast as promised, to 1 %."""
    made, schedule = schedules("flash_attention_backward", machine)
    program, after = with_turns(schedules, machine)
    slower, faster, promised = speeds(schedules, machine)
    turns = {b.name for b in after.barriers} - {b.name for b in program.barriers}
    there = [i for r in after.roles for i in r.body if isinstance(i, Wait | Arrive)]
    assert sum(i.barrier in turns for i in there) == 2 * len(turns)
    assert faster <= 1.01 * promised
    assert faster < slower if turns else after == program
    assert missing_orderings(made.problem, schedule, after) == ()
    assert confused_phases(made.problem, schedule, after) == ()


def test_turns_are_worth_having() -> None:
    """One of these schedules loses more than 4 % where a role runs ahead, and gets that back."""
    found = [speeds(schedules, machine) for schedules, machine in BACKWARD]
    assert any(before > 1.04 * max(after, promised) for before, after, promised in found)


@pytest.mark.parametrize("turns", [False, True], ids=["no-turns", "turns"])
@pytest.mark.parametrize("priced", [False, True], ids=["free", "priced"])
@pytest.mark.parametrize(("loop", "machine"), PAIRS)
def test_in_the_schedule_s_order_the_graph_is_right(
    loop: str, machine: str, priced: bool, turns: bool
) -> None:
    """No iteration takes longer than the event graph says, if nobody runs ahead of his turn."""
    made, schedule = solved(loop, machine)
    known = SyncCosts.of(made.machine)
    costs = known if priced else SyncCosts()
    program = programmed(loop, machine) if turns else lower_well(made.problem, schedule, known)
    run = Machine(made.problem, program, Symbols(), 40, Fixed(scheduled=True), costs)
    run.run()
    found = cycles_per_iteration(made.problem, run.trace, 40, program.stages)
    promised = timing(usage_of(made.problem, schedule), program, costs).cycles
    assert found is not None
    assert promised is not None
    assert 0.9 * promised < found <= promised


@pytest.mark.parametrize(("loop", "machine"), PAIRS)
def test_the_table_of_speeds_is_current(loop: str, machine: str) -> None:
    """Each line of ``docs/simulating.md``: simulated both ways, and what the graph says."""
    made, schedule = solved(loop, machine)
    costs = SyncCosts.of(made.machine)
    program = programmed(loop, machine)
    figures: list[object] = [schedule.ii]
    for ordered in (False, True):
        run = Machine(made.problem, program, Symbols(), 64, Fixed(scheduled=ordered), costs)
        run.run()
        cycles = cycles_per_iteration(made.problem, run.trace, 64, program.stages)
        figures.append(f"{cycles:.0f}")
    figures.append(timing(usage_of(made.problem, schedule), program, costs).cycles)
    row = " | ".join([f"{loop}, {machine}", *map(str, figures)])
    assert f"| {row} |" in DOCS.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("loop", "machine"), [("flash_attention_forward", "h100"), ("gemm", "b200")]
)
def test_no_turn_where_none_helps(loop: str, machine: str) -> None:
    """Where a program keeps its II as it is."""
    made, schedule = solved(loop, machine)
    costs = SyncCosts.of(made.machine)
    program = programmed(loop, machine)
    assert program == lower_well(made.problem, schedule, costs)
