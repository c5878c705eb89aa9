"""The search for a refutation: it says "contradiction" where no schedule exists, only there."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.larger_problems import larger_problem, telling
from tests.random_problems import random_problem
from tests.refuter import asked
from tests.solver.proof.small import values
from tests.switches import variants
from twill.problem import Dependence, Limits, Op, Problem, Requirements, RoleLimits
from twill.solver.proof.document import refutation_file
from twill.solver.proof.refute import Contradiction, Effort, GaveUp, refute
from twill.solver.smt.engine import Limit, decide

ROUNDS = 1000
"""Enough for problems of these sizes; what takes more is left out."""

WORK = Limit(600, 6_000_000)
"""Of Z3, a second or two."""

ANSWER = {"feasible": True, "infeasible": False, "unknown": None}


def voices(seed: int, ops: int) -> Counter[tuple[bool | None, bool | None]]:
    """What Z3 and the refuter say of one problem in one variant, at IIs around its bound."""
    problem = random_problem(seed, ops) if ops < 5 else larger_problem(seed, ops)
    choice = list(variants(problem))
    name, problem = choice[(seed + ops) % len(choice)]
    found: Counter[tuple[bool | None, bool | None]] = Counter()
    for ii in telling(problem):
        said = asked(problem, ii, ROUNDS)
        assert not said.invalid, (seed, ops, name, ii, said)
        found[ANSWER[decide(problem, ii, WORK).answer], said.schedule] += 1
    return found


@pytest.mark.parametrize(("ops", "seeds"), [(3, 40), (4, 20), (6, 10), (9, 4)])
def test_it_agrees_with_z3(ops: int, seeds: int) -> None:
    """Every refutation is accepted, every schedule verifies, and Z3 says the same."""
    said = sum((voices(seed, ops) for seed in range(seeds)), Counter())
    assert (True, False) not in said
    assert (False, True) not in said
    assert said[True, True] > seeds
    assert said[False, False] > seeds // 2


def late() -> Problem:
    """B starts 4 cycles after A, which is two whole stages at II 2."""
    operations = (Op("A", issue=0), Op("B", issue=0))
    return Problem("late", operations, (Dependence("A", "B", 4),), (), limits=Limits(max_stages=2))


def test_a_delay_of_exactly_all_stages_is_a_contradiction_at_once() -> None:
    """The stage limit denies what the dependence says: no bound of starts comes of that."""
    assert asked(late(), 2, 10).schedule is False
    assert asked(late(), 3, 10).schedule is True


def required_apart() -> Problem:
    """B reads A on another role, as required: that they block each other on one is no axiom."""
    operations = (Op("A", issue=2), Op("B", issue=2))
    roles = RoleLimits(2, 8, 1)
    wanted = Requirements({"A": "x", "B": "y"})
    dependences = (Dependence("A", "B", 1),)
    return Problem("apart", operations, dependences, (), roles=roles, requirements=wanted)


def test_operations_required_apart_have_no_stream_in_common() -> None:
    """Nothing is stated of a role that they would share, and the schedule is found."""
    assert asked(required_apart(), 2, 10).schedule is True
    assert asked(required_apart(), 1, 10).schedule is False


def test_the_same_question_gives_the_same_file() -> None:
    """Byte for byte, whatever was asked before."""
    files = []
    for _ in range(2):
        answer = refute(values(), 3)
        assert isinstance(answer, Contradiction)
        assert answer.rounds > 1
        files.append(refutation_file(values(), answer.axioms))
        refute(late(), 3)
    assert files[0] == files[1]


def test_a_limit_on_rounds_says_nothing() -> None:
    """Neither "contradiction" nor "schedule"; nor where no time is left."""
    assert refute(values(), 3, Effort(rounds=2)) == GaveUp(2)
    assert isinstance(refute(values(), 3, Effort(seconds=0)), GaveUp)
