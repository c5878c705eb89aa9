"""Units in the schedule's order, and where the order of arrival is slower."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.lower.shipped import PAIRS, fragile, solved
from twill.lower import WarpProgram, confused_phases, missing_orderings
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts, timing
from twill.lower.lowering import usage_of
from twill.lower.program import Arrive, Wait
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


def test_turns_where_a_role_would_run_ahead() -> None:
    """Backward attention with two roles that multiply: a turn makes it faster, to 1 % of its II.

    The schedule is the one with the fewest registers and the shortest, not the most robust.
    """
    made, schedule = fragile("flash_attention_backward", "h100")
    costs = SyncCosts.of(made.machine)
    before = lower_well(made.problem, schedule, costs)
    after = program_of(made.problem, schedule, costs)
    assert _simulated(made.problem, before, costs) > 1.04 * schedule.ii
    assert _simulated(made.problem, after, costs) <= 1.01 * schedule.ii
    turns = {b.name for b in after.barriers} - {b.name for b in before.barriers}
    there = [i for r in after.roles for i in r.body if isinstance(i, Wait | Arrive)]
    assert sum(i.barrier in turns for i in there) == 2 * len(turns) > 0
    assert missing_orderings(made.problem, schedule, after) == ()
    assert confused_phases(made.problem, schedule, after) == ()


@pytest.mark.parametrize("priced", [False, True], ids=["free", "priced"])
@pytest.mark.parametrize(("loop", "machine"), PAIRS)
def test_in_the_schedule_s_order_the_graph_is_right(loop: str, machine: str, priced: bool) -> None:
    """No iteration takes longer than the event graph says, if nobody runs ahead of his turn."""
    made, schedule = solved(loop, machine)
    costs = SyncCosts.of(made.machine) if priced else SyncCosts()
    program = lower_well(made.problem, schedule, SyncCosts.of(made.machine))
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
