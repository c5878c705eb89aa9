"""What the search for refutations says, its refutations accepted by the checker first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.brute_force import judged
from twill.check import Held, Invalid
from twill.check.refutation import check_refutation
from twill.formats.canonical import problem_digest
from twill.problem import Problem
from twill.schedule import Refutation
from twill.solver.proof.certificate import _refutation_step
from twill.solver.proof.document import refutation_file
from twill.solver.proof.refute import Contradiction, Effort, Found, refute


@dataclass(frozen=True)
class Said:
    """Whether there is a schedule, None where the refuter did not say.

    ``rules`` counts what an accepted refutation uses; ``invalid`` is what is wrong with the
    schedule or the refutation.
    """

    schedule: bool | None
    rules: Mapping[str, int] = field(default_factory=dict)
    invalid: tuple[str, ...] = ()
    rounds: int = 0


def asked(problem: Problem, ii: int, rounds: int) -> Said:
    """Ask at one II, within so many rounds.

    Fluid units are judged by arithmetic alone, so where one is asked for too much the refuter
    may find what breaks nothing else: then it said nothing.
    """
    answer = refute(problem, ii, Effort(rounds, math.inf))
    if isinstance(answer, Found):
        if _overflows(problem, ii):
            return Said(None, rounds=answer.rounds)
        wrong = tuple(map(str, judged(problem, ii, answer.start, answer.role)))
        return Said(True, {}, wrong, answer.rounds)
    if not isinstance(answer, Contradiction):
        return Said(None, rounds=answer.rounds)
    file = refutation_file(problem, answer.axioms)
    if file is None:
        return Said(False, {}, ("its axioms do not contradict each other",), answer.rounds)
    try:
        return Said(False, accepted(problem, ii, file), (), answer.rounds)
    except Invalid as fault:
        return Said(False, {}, (str(fault),), answer.rounds)


def accepted(problem: Problem, ii: int, file: bytes) -> Mapping[str, int]:
    """The rules that a refutation uses, how often each. Raises Invalid where it is rejected."""
    step = _refutation_step(problem, Refutation(ii, file))
    bundle = Held({step["file"]: file})
    return check_refutation(problem, problem_digest(problem), step, bundle, None).axioms


def _overflows(problem: Problem, ii: int) -> bool:
    """Whether a fluid unit is asked for more than it serves in a period."""
    return any(
        sum(r.length * r.amount for op in problem.ops for r in op.reservations.get(unit.name, ()))
        > unit.capacity * ii
        for unit in problem.units
        if unit.fluid
    )
