"""Rings get a slot more than the schedule needs where that hides what a release costs."""

from __future__ import annotations

import pytest

from tests.lower.shipped import fragile, solved
from tests.random_problems import random_problem
from twill.diagnostics import InputError
from twill.lower import confused_phases, lower, missing_orderings
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts, timing
from twill.lower.lowering import usage_of
from twill.solver import solve
from twill.solver.options import SolveOptions

KEPT = (
    ("gemm", "h100"),
    ("gemm", "b200"),
    ("gemm", "a100"),
    ("flash_attention_forward", "h100"),
)
"""Pairs whose programs are as fast as their schedules say."""


@pytest.mark.parametrize(("loop", "machine"), KEPT)
def test_the_program_keeps_the_initiation_interval(loop: str, machine: str) -> None:
    """With the costs of arrives, waits and syncs that the model does not price."""
    made, schedule = solved(loop, machine)
    costs = SyncCosts.of(made.machine)
    program = lower_well(made.problem, schedule, costs)
    found = timing(usage_of(made.problem, schedule), program, costs)
    assert found.cycles == schedule.ii
    assert missing_orderings(made.problem, schedule, program) == ()
    assert confused_phases(made.problem, schedule, program) == ()


def test_a_slot_more_for_the_ring_without_slack() -> None:
    """B is held for two periods to the cycle: its release does not fit, one slot more hides it."""
    made, schedule = fragile("gemm", "b200")
    costs = SyncCosts.of(made.machine)
    before = timing(usage_of(made.problem, schedule), lower(made.problem, schedule), costs)
    assert before.cycles is not None
    assert before.cycles > schedule.ii
    rings = {r.name: r.slots for r in lower_well(made.problem, schedule, costs).rings}
    depth = {b.name: b.depth for b in schedule.buffers}
    assert {name: n - depth[name] for name, n in rings.items()} == {"A": 0, "B": 1, "C": 0}


def test_without_costs_nothing_is_deepened() -> None:
    """Where synchronisation costs nothing the schedule's rings are enough."""
    made, schedule = solved("gemm", "b200")
    assert lower_well(made.problem, schedule, SyncCosts()) == lower(made.problem, schedule)


def test_a_robust_schedule_needs_no_deeper_rings() -> None:
    """The level of robustness has made room for late loads, and so for releases."""
    made, schedule = solved("gemm", "b200")
    program = lower(made.problem, schedule)
    costs = SyncCosts.of(made.machine)
    assert timing(usage_of(made.problem, schedule), program, costs).cycles == schedule.ii
    assert lower_well(made.problem, schedule, costs) == program


def test_a_program_that_would_hang_is_refused() -> None:
    """Random problem 81: each of two roles waits for the other, and the circuit is told."""
    problem = random_problem(81, 3)
    schedule = getattr(solve(problem, SolveOptions(proof_limit=0)), "schedule", None)
    assert schedule is not None
    with pytest.raises(InputError, match="would hang: "):
        lower_well(problem, schedule, SyncCosts())
