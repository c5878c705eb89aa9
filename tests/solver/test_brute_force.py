"""CP-SAT, the verifier and a literal reference agree on small random problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.random_problems import random_problem
from tests.reference import Reference
from twill.problem import Problem
from twill.solver.assemble import Claim, assemble
from twill.solver.bounds import bounds
from twill.solver.cpsat.engine import Run, run
from twill.solver.cpsat.model import build
from twill.solver.impossible import impossible
from twill.solver.lemmas import monotone
from twill.verify import Violation, verify

BATCH = 20
CLAIM = Claim("feasible", 1, "not proved")
IIS = range(1, 5)


def starts(problem: Problem, ii: int) -> Iterator[dict[str, int]]:
    """Every placement within the stage limit, the first start at cycle 0."""
    names = [op.name for op in problem.ops]
    top = problem.limits.max_stages * ii
    for chosen in itertools.product(range(top), repeat=len(names)):
        if min(chosen) == 0:
            yield dict(zip(names, chosen, strict=True))


def roles(problem: Problem) -> list[dict[str, int]]:
    """Every assignment of operations to numbered roles."""
    if problem.roles is None:
        return [{}]
    names = [op.name for op in problem.ops]
    chosen = itertools.product(range(problem.roles.max_roles), repeat=len(names))
    return [dict(zip(names, numbers, strict=True)) for numbers in chosen]


def judged(
    problem: Problem, ii: int, start: dict[str, int], role: dict[str, int]
) -> tuple[Violation, ...]:
    """What the verifier says of an assignment."""
    return verify(problem, assemble(problem, "", ii, start, role, CLAIM))


def exists(problem: Problem, ii: int) -> bool:
    """Whether any assignment holds in the reference; the verifier is compared on the way."""
    everyone = roles(problem)
    for count, start in enumerate(starts(problem, ii)):
        together = dict.fromkeys(start, 0) if problem.roles is not None else {}
        if not Reference(problem, ii, start, together).order_holds():
            continue
        for role in everyone:
            reference = Reference(problem, ii, start, role)
            if not (reference.order_holds() and reference.roles_hold()):
                continue
            holds = reference.holds()
            if holds or count % 5 == 0:
                assert (judged(problem, ii, start, role) == ()) == holds
            if holds:
                return True
    return False


@pytest.mark.parametrize("batch", range(15))
def test_engine_agrees_with_brute_force(batch: int) -> None:
    """At every small II the engine finds a schedule exactly if one exists."""
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        problem = random_problem(seed)
        known: dict[int, bool] = {}
        for ii in IIS:
            known[ii] = exists(problem, ii)
            result = run(build(problem, ii), Run(60, 0, 1))
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
    assert violated >= names | {"REGISTERS", "MEMORY", "BARRIERS"}
