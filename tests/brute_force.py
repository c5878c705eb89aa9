"""Every assignment of a small problem, for checks of what a solver says is impossible."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tests.reference import Reference
from twill.problem import Problem
from twill.solver.assemble import Claim, assemble
from twill.verify import Violation, verify

CLAIM = Claim("feasible", 1, "not proved")


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
