"""Units in the schedule's order where arrival would be slower."""

from __future__ import annotations

from tests.lower.shipped import solved
from twill.lower import confused_phases, missing_orderings
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts
from twill.lower.program import Arrive, Wait
from twill.simulate.turns import _simulated, program_of


def test_a_turn_where_a_role_would_run_ahead() -> None:
    """Backward attention with tensor memory: one pair takes turns, and the loop is faster."""
    made, schedule = solved("flash_attention_backward", "b200")
    costs = SyncCosts.of(made.machine)
    before = lower_well(made.problem, schedule, costs)
    after = program_of(made.problem, schedule, costs)
    assert _simulated(made.problem, after) < _simulated(made.problem, before)
    turns = {b.name for b in after.barriers} - {b.name for b in before.barriers}
    assert len(turns) == 1
    there = [i for r in after.roles for i in r.body if isinstance(i, Wait | Arrive)]
    assert sum(i.barrier in turns for i in there) == 2
    assert missing_orderings(made.problem, schedule, after) == ()
    assert confused_phases(made.problem, schedule, after) == ()


def test_no_turn_where_none_helps() -> None:
    """Forward attention keeps its II as it is."""
    made, schedule = solved("flash_attention_forward", "h100")
    costs = SyncCosts.of(made.machine)
    program = program_of(made.problem, schedule, costs)
    assert program == lower_well(made.problem, schedule, costs)
    assert _simulated(made.problem, program) == schedule.ii
