"""Groups of constraints lifted from problems: every schedule stays one, some are gained."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from tests.attention import attention
from tests.brute_force import CLAIM, judged, roles, starts
from tests.random_problems import random_problem
from twill.problem import Problem, Requirements
from twill.relaxation import Group, GroupKind, arrow, constraint_groups, delays, keep, lift
from twill.solver.assemble import assemble
from twill.solver.cpsat.engine import Run, Way, run
from twill.solver.cpsat.model import build
from twill.verify import verify

KINDS = set(get_args(GroupKind))


def found(problem: Problem, ii: int, start: dict[str, int], role: dict[str, int]) -> set[str]:
    """The constraints that an assignment breaks; without delays a late reader is a HANDOFF."""
    names = {violation.constraint for violation in judged(problem, ii, start, role)}
    return {"DEPENDENCE" if name == "HANDOFF" else name for name in names}


def placed(problem: Problem, role: dict[str, int]) -> dict[str, int]:
    """Roles for a problem that may have none any more."""
    return role if problem.roles is not None else {}


@pytest.mark.parametrize("seed", range(0, 120, 3))
def test_what_solves_a_problem_solves_it_with_less(seed: int) -> None:
    """Lifting a group never takes a schedule away, and what breaks only the group is gained."""
    problem = random_problem(seed)
    groups = constraint_groups(problem)
    for count, start in enumerate(starts(problem, 2)):
        if count % 9:
            continue
        for role in roles(problem)[::2]:
            broken = found(problem, 2, start, role)
            for group in groups:
                less = lift(problem, [group])
                rest = found(less, 2, start, placed(less, role))
                assert rest <= broken, (group, start, role)


def test_each_group_lifts_what_it_is_about() -> None:
    """Where one constraint is all that a placement breaks, lifting its group is enough."""
    gained: set[str] = set()
    for seed in range(160):
        problem = random_problem(seed)
        for group in constraint_groups(problem):
            less = lift(problem, [group])
            result = run(build(less, 3), Run(60, 50, seed, Way(linear=0)))
            if result.assignment is None:
                continue
            start, role = result.assignment.start, result.assignment.role
            assert judged(less, 3, start, role) == ()
            if less.roles is None and problem.roles is not None:
                role = dict.fromkeys(start, 0)
            if judged(problem, 3, start, role):
                gained.add(group.kind)
    assert gained >= KINDS - {"requirements"}, "few random problems have any; see below"


def test_a_stage_limit_lifted_is_a_larger_one() -> None:
    """There is always a limit, so the explanation says which."""
    problem = attention()
    less = lift(problem, [Group("stages")])
    assert less.limits.max_stages == 2 * problem.limits.max_stages + 1


def test_nothing_asked_of_roles_is_a_problem_without_roles() -> None:
    """What is left is plain modulo scheduling, with the same units and memories."""
    problem = attention()
    plain = keep(problem, [Group("delay"), Group("unit", "tensor")])
    assert plain.roles is None
    held = {unit for op in plain.ops for unit in op.reservations}
    assert held == {"tensor"}
    assert keep(problem, constraint_groups(problem)) == problem
    assert keep(problem, [Group("registers"), Group("roles")]).roles is not None


def test_one_dependence_can_be_lifted_alone() -> None:
    """By its arrow, with its distance."""
    problem = attention()
    names = [group.name for group in delays(problem)]
    assert "O -> O@+1" in names
    less = lift(problem, [Group("delay", "O -> O@+1")])
    changed = [d for d, old in zip(less.dependences, problem.dependences, strict=True) if d != old]
    assert [(arrow(d), d.delay) for d in changed] == [("O -> O@+1", 0)]


def test_requirements_are_a_group_only_where_there_are_any() -> None:
    """So that no report speaks of what nobody asked for."""
    problem = attention()
    assert Group("requirements") not in constraint_groups(problem)
    wanting = replace(problem, requirements=Requirements(no_handoff=True))
    assert Group("requirements") in constraint_groups(wanting)
    assert lift(wanting, [Group("requirements")]) == problem


def test_a_memory_lifted_has_room_for_every_ring() -> None:
    """Starts as far apart as the stages allow still fit."""
    problem = attention()
    less = lift(problem, [Group("memory", "shared")])
    far = problem.limits.max_stages * 3 - 1
    start = {op.name: 0 if op.variable_latency else far for op in less.ops}
    schedule = assemble(less, "", 3, start, dict.fromkeys(start, 0), CLAIM)
    assert "MEMORY" not in {violation.constraint for violation in verify(less, schedule)}
