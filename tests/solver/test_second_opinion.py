"""What a second engine's answer makes of the first one's word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.solver.test_search import accumulators, figure1, scattered, tight
from twill.problem import Problem
from twill.schedule import Infeasible, Optimal, Outcome
from twill.solver import SolveOptions, Stop, solve
from twill.solver.clock import Clock
from twill.solver.disagreement import EnginesDisagree
from twill.solver.second_opinion import cross_check
from twill.verify import verify

OPTIONS = SolveOptions(60, 0, 1, proof_limit=0)
CROSSED = replace(OPTIONS, cross_check=True)


@pytest.mark.parametrize("problem", [tight(), scattered(0, 2, 6)], ids=lambda problem: problem.name)
def test_both_engines_refute_what_is_below(problem: Problem) -> None:
    """With lemma 1 the II just below, without it every one: then two engines agree."""
    outcome = solve(problem, CROSSED)
    assert isinstance(outcome, Optimal)
    assert outcome.schedule.proof == "two engines agree"
    assert outcome.schedule.solver is not None
    assert outcome.schedule.solver.engines == ("cp-sat", "z3")
    assert verify(problem, outcome.schedule) == ()


def test_both_engines_refute_every_ii() -> None:
    """Two accumulators that never fit: infeasible, and not by one engine's word."""
    outcome = solve(accumulators(), CROSSED)
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == "two engines agree"


def test_what_arithmetic_proves_is_not_asked_again() -> None:
    """Figure 1 is left as it is."""
    outcome = solve(figure1(), OPTIONS)
    assert cross_check(figure1(), outcome, Clock(OPTIONS, Stop())) is outcome


def test_without_time_it_stays_one_engines_word() -> None:
    """Unknown is not agreement."""
    outcome = solve(tight(), OPTIONS)
    assert cross_check(tight(), outcome, Clock(replace(OPTIONS, time_limit=0), Stop())) == outcome


def overstated() -> tuple[Problem, Outcome]:
    """A schedule at II 5 of a problem whose minimum is 4, with the claim that it is 5."""
    outcome = solve(tight(), OPTIONS)
    assert isinstance(outcome, Optimal)
    return tight(), Optimal(replace(outcome.schedule, ii=5))


def test_a_schedule_below_the_claim_is_a_disagreement() -> None:
    """Z3's schedule comes with it, verified, at the II that was said to be impossible."""
    problem, outcome = overstated()
    with pytest.raises(EnginesDisagree, match="CP-SAT refuted II 4 of tight, Z3 found") as caught:
        cross_check(problem, outcome, Clock(OPTIONS, Stop()))
    assert caught.value.schedule.ii == 4
    assert verify(problem, caught.value.schedule) == ()
