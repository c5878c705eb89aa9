"""Z3, CP-SAT, the refuter and brute force give one answer, with every constraint on and off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agreement import verdicts
from tests.larger_problems import larger_problem, telling
from tests.nightly.agree import REGRESSIONS
from tests.random_problems import random_problem
from tests.switches import OFF, variants
from twill.formats.problem_model import ProblemModel
from twill.formats.problem_read import _problem
from twill.problem import Problem
from twill.solver.smt.engine import decide
from twill.spec.reader import parse_document
from twill.spec.validate import validate

STORED = sorted(REGRESSIONS.glob("*.json"))


@pytest.mark.parametrize("batch", range(6))
def test_small_problems_in_every_variant(batch: int) -> None:
    """Three operations: a problem, then without each constraint, then with each alone."""
    answers = set()
    for seed in range(batch, batch + 48, 6):
        problems = list(variants(random_problem(seed)))
        name, problem = problems[seed // 2 % len(problems)]
        for ii in (1, 2, 3):
            said = verdicts(problem, ii, brute_force=400)
            assert said.agree, (seed, name, ii, said)
            answers.add(said.z3)
    assert answers >= {True, False}


@pytest.mark.parametrize("ops", [5, 8, 11])
def test_larger_problems_around_their_bounds(ops: int) -> None:
    """All engines agree where a problem turns from infeasible to feasible."""
    answers = set()
    for seed in range(6):
        problem = larger_problem(seed, ops)
        for ii in telling(problem)[2:]:
            said = verdicts(problem, ii)
            assert said.agree, (seed, ii, said)
            answers.add(said.z3)
    assert answers >= {True, False}


LIFTED = {
    "roles": (2, 3),
    "role limits": (47, 3),
    "registers": (109, 3),
    "memory": (44, 3),
    "barriers": (140, 3),
    "hand-off": (2, 3),
    "units": (1, 2),
    "streams": (2, 3),
    "loads": (101, 2),
    "in place": (5, 3),
    "recurrences": (2, 3),
    "requirements": (244, 3),
}
"""Per constraint a problem, by its seed, and an II that is feasible only without it."""


@pytest.mark.parametrize("name", list(OFF))
def test_every_switch_lifts_its_constraint(name: str) -> None:
    """What is taken out really is: some problem has a schedule only then."""
    seed, ii = LIFTED[name]
    problem = random_problem(seed)
    assert decide(problem, ii).answer == "infeasible"
    assert decide(OFF[name](problem), ii).answer == "feasible"


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_stored_problems(path: Path) -> None:
    """What was a disagreement once, or shows a lemma's limit, at the II in the file's name."""
    problem = stored(path)
    ii = int(path.stem.rpartition(".ii")[2])
    for each in (ii, ii + 1):
        said = verdicts(problem, each, brute_force=4000)
        assert said.agree, said
        assert said.answered >= 2


def stored(path: Path) -> Problem:
    """A problem as the nightly run writes it; random ones need not make sense to a reader."""
    document = parse_document(path.read_text(encoding="utf-8"), str(path))
    return _problem(validate(document, ProblemModel))
