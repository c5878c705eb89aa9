"""Units in the schedule's order where arrival would be slower."""

from __future__ import annotations

import pytest

from tests.lower.shipped import fragile, solved
from twill.lower import confused_phases, missing_orderings
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts
from twill.lower.program import Arrive, Wait
from twill.simulate.turns import _simulated, program_of


def test_turns_where_a_role_would_run_ahead() -> None:
    """Backward attention with two roles that multiply: with turns it keeps its II.

    The schedule is the one with the fewest registers and the shortest, not the most robust.
    """
    made, schedule = fragile("flash_attention_backward", "h100")
    costs = SyncCosts.of(made.machine)
    before = lower_well(made.problem, schedule, costs)
    after = program_of(made.problem, schedule, costs)
    assert _simulated(made.problem, before, costs) > schedule.ii
    assert _simulated(made.problem, after, costs) <= schedule.ii
    turns = {b.name for b in after.barriers} - {b.name for b in before.barriers}
    there = [i for r in after.roles for i in r.body if isinstance(i, Wait | Arrive)]
    assert sum(i.barrier in turns for i in there) == 2 * len(turns) > 0
    assert missing_orderings(made.problem, schedule, after) == ()
    assert confused_phases(made.problem, schedule, after) == ()


@pytest.mark.parametrize(
    ("loop", "machine"), [("flash_attention_forward", "h100"), ("flash_attention_backward", "b200")]
)
def test_no_turn_where_none_helps(loop: str, machine: str) -> None:
    """Forward attention keeps its II as it is; with tensor memory a turn costs what it gains."""
    made, schedule = solved(loop, machine)
    costs = SyncCosts.of(made.machine)
    program = program_of(made.problem, schedule, costs)
    assert program == lower_well(made.problem, schedule, costs)
