"""CP-SAT, the verifier and a literal reference agree on small random problems."""

from __future__ import annotations

import pytest

from tests.brute_force import exists, judged, roles, starts
from tests.random_problems import random_problem
from twill.lemmas import monotone
from twill.solver.bounds import bounds
from twill.solver.cpsat.engine import Run, Way, run
from twill.solver.cpsat.model import build
from twill.solver.impossible import impossible

BATCH = 20
IIS = range(1, 5)


@pytest.mark.parametrize("batch", range(15))
def test_engine_agrees_with_brute_force(batch: int) -> None:
    """At every small II the engine finds a schedule exactly if one exists."""
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        problem = random_problem(seed)
        known: dict[int, bool] = {}
        for ii in IIS:
            known[ii] = exists(problem, ii)
            result = run(build(problem, ii), Run(60, 1e9, 0, Way(linear=1)))
            assert result.answer in ("optimal", "infeasible"), (seed, ii)
            assert (result.answer == "optimal") == known[ii], (seed, ii)
            if known[ii]:
                least = bounds(problem).ii
                assert least is not None, seed
                assert least <= ii, seed
                assert impossible(problem) is None, seed
            if result.assignment is not None:
                found = result.assignment
                assert judged(problem, ii, found.start, found.role) == (), (seed, ii)
        if monotone(problem):
            later = [known[ii + 1] for ii in IIS[:-1] if known[ii]]
            assert all(later), f"lemma 1 fails for seed {seed}: {known}"


def test_every_constraint_is_violated_and_met() -> None:
    """The random problems exercise every constraint both ways."""
    violated: set[str] = set()
    for seed in range(120):
        problem = random_problem(seed)
        for count, start in enumerate(starts(problem, 2)):
            if count % 7:
                continue
            for role in roles(problem)[::3]:
                violated |= {v.constraint for v in judged(problem, 2, start, role)}
    names = {"DEPENDENCE", "HANDOFF", "CAPACITY", "ROLES", "VARIABLE-LATENCY", "CONCURRENCY"}
    assert violated >= names | {"REGISTERS", "MEMORY", "BARRIERS", "REQUIREMENT"}
