"""REQUIREMENT, and the knobs that turn one problem into another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.attention import attention
from tests.test_verify import ROLE, START, names, schedule, two_roles
from twill.diagnostics import InputError
from twill.knobs import Knobs, turned
from twill.problem import Problem, Requirements, groups
from twill.schedule import Infeasible, Optimal
from twill.solver import SolveOptions, solve

II_ONLY = SolveOptions(60, levels=())


def wanting(**changes: object) -> Problem:
    """The load, matrix multiply, exp problem with requirements."""
    return replace(two_roles(), requirements=Requirements(**changes))  # type: ignore[arg-type]


def broken(problem: Problem, role: dict[str, int]) -> set[str]:
    """What a roomy schedule with these roles breaks."""
    return names(problem, schedule(problem, 100, {"K": 0, "S": 14, "P": 60}, role))


def test_labels_join_and_separate_roles() -> None:
    """One label is one role, two labels are two."""
    apart = {"K": 0, "S": 1, "P": 2}
    assert broken(wanting(roles={"S": "x", "P": "x"}), apart) == {"REQUIREMENT"}
    assert broken(wanting(roles={"S": "x", "P": "y"}), apart) == set()
    assert broken(wanting(roles={"S": "x", "P": "y"}), ROLE) == {"REQUIREMENT"}
    assert broken(wanting(roles={"S": "x", "P": "x"}), ROLE) == set()


def test_no_handoff_is_about_registers() -> None:
    """K passes through shared memory and may; S is in registers and may not."""
    assert broken(wanting(no_handoff=True), ROLE) == set()
    assert broken(wanting(no_handoff=True), {"K": 0, "S": 1, "P": 2}) == {"REQUIREMENT"}


def test_a_partition_can_be_excluded() -> None:
    """Role numbers do not matter, who shares a role does."""
    together = {"K": "a", "S": "b", "P": "b"}
    assert broken(wanting(other_than=(together,)), ROLE) == {"REQUIREMENT"}
    assert broken(wanting(other_than=(together,)), {"K": 0, "S": 1, "P": 2}) == set()
    partial = {"S": "p", "P": "q"}
    assert broken(wanting(other_than=(partial,)), ROLE) == set()


def test_the_solver_obeys() -> None:
    """What is required decides the roles; the schedule verifies or there is none."""
    joined = solve(wanting(roles={"S": "x", "P": "x"}), II_ONLY)
    apart = solve(wanting(roles={"S": "x", "P": "y"}), II_ONLY)
    for outcome, same in ((joined, True), (apart, False)):
        assert isinstance(outcome, Optimal)
        ops = outcome.schedule.ops
        assert (ops["S"].role == ops["P"].role) == same
    both = ({"S": "x", "P": "x"}, {"S": "x", "P": "y"})
    assert isinstance(solve(wanting(other_than=both), II_ONLY), Infeasible)


@pytest.mark.parametrize(
    ("roles", "max_roles", "word"),
    [
        ({"K": "x", "S": "x"}, 4, "cannot be there"),
        ({"S": "x", "P": "y"}, 2, "3 roles are asked for, there may be 2"),
    ],
)
def test_contradictions_are_found_by_arithmetic(
    roles: dict[str, str], max_roles: int, word: str
) -> None:
    """Labels that the load role or the number of roles forbid are no work for an engine."""
    problem = wanting(roles=roles)
    assert problem.roles is not None
    outcome = solve(replace(problem, roles=replace(problem.roles, max_roles=max_roles)), II_ONLY)
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == "proved by arithmetic"
    assert word in outcome.reason.summary


def test_two_labels_on_the_load_role_contradict() -> None:
    """Loads share their role."""
    problem = two_roles()
    more = replace(problem.op["K"], name="V")
    two = replace(problem, ops=(*problem.ops, more))
    two = replace(two, requirements=Requirements(roles={"K": "x", "V": "y"}))
    outcome = solve(two, II_ONLY)
    assert isinstance(outcome, Infeasible)
    assert "share the load role" in outcome.reason.summary


def test_knobs_make_another_problem() -> None:
    """Each knob changes what it names and nothing else; none leaves the problem as it is."""
    problem = two_roles()
    assert turned(problem, Knobs()) is problem
    some = turned(problem, Knobs(2, 168, 5, no_handoff=True, fixed_roles={"S": "x"}))
    assert some.roles is not None
    assert problem.roles is not None
    assert (some.roles.max_roles, some.roles.registers.max) == (2, 168)
    assert some.roles.registers.min == problem.roles.registers.min
    assert some.limits == replace(problem.limits, max_stages=5)
    assert some.requirements == Requirements({"S": "x"}, no_handoff=True)
    assert some.ops == problem.ops


def test_knobs_only_narrow_what_a_machine_has() -> None:
    """More roles and registers than the machine has are not had by asking."""
    problem = two_roles()
    assert turned(problem, Knobs(60, 1000)) == problem


def test_knobs_that_a_problem_has_no_place_for_are_refused_at_once() -> None:
    """Every fault in one error, with the nearest name."""
    with pytest.raises(InputError) as caught:
        turned(two_roles(), Knobs(registers_per_role=16, fixed_roles={"Q": "x", "SS": "y"}))
    text = str(caught.value)
    assert "at least 24 registers, not 16" in text
    assert "unknown operation 'Q'" in text
    assert "did you mean 'S'" in text
    plain = replace(attention(), roles=None)
    with pytest.raises(InputError, match=r"--no-handoff: .* has no roles"):
        turned(plain, Knobs(no_handoff=True))


def test_an_overhead_above_the_limit_is_refused() -> None:
    """Registers that addresses need leave none for results."""
    problem = two_roles()
    assert problem.roles is not None
    limits = replace(problem.roles, registers=replace(problem.roles.registers, overhead=40))
    with pytest.raises(InputError, match="an overhead of 40 leaves none of 32"):
        turned(replace(problem, roles=limits), Knobs(registers_per_role=32))
    uncounted = replace(problem, roles=replace(problem.roles, register_file=None))
    with pytest.raises(InputError, match="does not count registers"):
        turned(uncounted, Knobs(registers_per_role=32))


def test_groups_are_by_label() -> None:
    """In the order given."""
    assert groups({"a": "x", "b": "y", "c": "x"}) == (("a", "c"), ("b",))


def test_the_start_used_here_is_one() -> None:
    """The roomy schedule breaks nothing by itself."""
    assert names(two_roles(), schedule(two_roles(), 24, START, ROLE)) == set()
    assert broken(two_roles(), ROLE) == set()
