"""Every rule of the checker is used by a refutation that it accepts."""

from __future__ import annotations

from functools import cache

import pytest

from tests.refuter import Said, asked
from tests.solver.proof.small import CASES, Case
from twill.check.rules import RULES
from twill.solver.smt.engine import decide


@cache
def said(case: Case) -> Said:
    """What the refuter says of a case."""
    return asked(case.make(), case.ii, 100)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.make().name}, {case.rules[-1]}")
def test_what_contradicts_is_what_the_problem_was_made_for(case: Case) -> None:
    """The refutation is accepted, it uses the rules meant, and Z3 agrees."""
    assert said(case).schedule is False
    assert said(case).invalid == ()
    assert set(case.rules) <= set(said(case).rules)
    assert decide(case.make(), case.ii).answer == "infeasible"


def test_every_rule_is_used() -> None:
    """None is only there to be trusted."""
    assert {rule for case in CASES for rule in said(case).rules} == set(RULES)
