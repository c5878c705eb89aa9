"""The constraints of a structure, by brute force: they mean exactly what they say."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from tests.brute_force import CLAIM, judged
from tests.structure.kernels import chains, steps
from twill.problem import Dependence, Limits, Op, Problem, Reservation, RoleLimits, Unit
from twill.solver import SolveOptions, solve
from twill.solver.assemble import assemble
from twill.solver.structured import contradicting, fixed
from twill.structure import Body, Structure, of_schedule

II = 3


def problem() -> Problem:
    """Three operations on one role, two of them on one unit, one dependence."""
    ops = (
        Op("a", {"u": (Reservation(0, 1),)}, issue=1, latency=1),
        Op("b", {"u": (Reservation(0, 1),)}, issue=1, latency=1),
        Op("c", {}, issue=0, latency=1),
    )
    roles, limits = RoleLimits(2, 8), Limits(max_stages=3)
    return Problem(
        "three", ops, (Dependence("a", "b", 1),), (Unit("u"),), roles=roles, limits=limits
    )


def schedules() -> list[dict[str, int]]:
    """All starts of schedules on one role, the first one in the first period."""
    names = ("a", "b", "c")
    found = (dict(zip(names, t, strict=True)) for t in product(range(3 * II), repeat=3))
    together = dict.fromkeys(names, 0)
    return [
        each
        for each in found
        if min(each.values()) < II and not judged(problem(), II, each, together)
    ]


SCHEDULES = schedules()
ROLE = dict.fromkeys("abc", 0)


def structure_of(start: dict[str, int]) -> Structure:
    """The structure that a schedule has."""
    return of_schedule(problem(), assemble(problem(), "", II, start, ROLE, CLAIM))


def bodies() -> list[Structure]:
    """Orders with offsets of all kinds, some with an open group."""
    rng = Random(1)  # noqa: S311 - not for cryptography
    found = []
    for _ in range(14):
        order = rng.sample("abc", 3)
        texts = [f"{op}@{rng.randint(-1, 1)}" for op in order]
        if rng.random() < 0.3:
            texts = [" ".join(texts[:2]), texts[2]]
        found.append(chains(*texts))
    return [chains("a@0", "b@0", "c@0"), chains("b@-1", "a@0", "c@0"), *found]


@pytest.mark.parametrize("theirs", bodies(), ids=lambda s: str(s.bodies[0].groups))
def test_orders_admit_exactly_the_schedules_in_that_order(theirs: Structure) -> None:
    """A schedule is one of the constrained problem if and only if every pair has that lead."""
    asked = fixed(problem(), theirs, ("roles", "orders"))
    for start in SCHEDULES:
        mine = structure_of(start)
        wanted = all(
            other[0] <= own[0] <= own[1] <= other[1]
            for u, v in ("ab", "ac", "bc")
            if (own := mine.lead(u, v)) and (other := theirs.lead(u, v))
        )
        # Of equal phases a schedule leaves the order open; so a kernel that fixes it forbids them.
        assert (not judged(asked, II, start, ROLE)) == wanted


@pytest.mark.parametrize("theirs", bodies(), ids=lambda s: str(s.bodies[0].groups))
def test_offsets_admit_exactly_the_schedules_with_these_offsets(theirs: Structure) -> None:
    """All of a body within one period, whatever the order."""
    asked = fixed(problem(), theirs, ("roles", "offsets"))
    for start in SCHEDULES:
        at = [start[op] + theirs.offset[op] * II for op in "abc"]
        assert (not judged(asked, II, start, ROLE)) == (max(at) - min(at) < II)


@pytest.mark.parametrize("theirs", bodies(), ids=lambda s: str(s.bodies[0].groups))
def test_the_solver_agrees_with_brute_force(theirs: Structure) -> None:
    """Negative distances included: there is a schedule at II 3 exactly where one is enumerated."""
    asked = fixed(problem(), theirs, ("roles", "orders"))
    exists = any(not judged(asked, II, start, ROLE) for start in SCHEDULES)
    outcome = solve(asked, SolveOptions(20, levels=(), proof_limit=0))
    ii = getattr(getattr(outcome, "schedule", None), "ii", None)
    assert (ii is not None and ii <= II) == exists


def test_the_structure_of_a_schedule_admits_that_schedule() -> None:
    """Whatever our schedules are like, fixing their own structure costs nothing."""
    for start in SCHEDULES[::7]:
        asked = fixed(problem(), structure_of(start), ("roles", "orders"))
        assert not judged(asked, II, start, ROLE)


def test_parts_narrow_each_other() -> None:
    """Roles, then offsets, then orders: each admits no more than the part before."""
    theirs = chains("b@-1", "a@0", "c@0")
    counts = [
        sum(not judged(fixed(problem(), theirs, parts), II, start, ROLE) for start in SCHEDULES)
        for parts in (("roles",), ("roles", "offsets"), ("roles", "orders"))
    ]  # fmt: skip
    assert counts[0] > counts[1] > counts[2] > 0


def test_an_order_against_the_loop_is_found() -> None:
    """B before a of the same iteration, which feeds it: no II makes room for that."""
    theirs = chains("c@0", "b@0", "a@0")
    found = contradicting(problem(), theirs)
    assert set(found) == {"b"} or set(found) == {"a"}
    (circuit,) = found.values()
    assert "a before b (flow)" in circuit
    assert "b before a (their order)" in circuit
    assert contradicting(problem(), chains("c@0", "a@0", "b@0")) == {}


def test_roles_are_required_as_they_are() -> None:
    """Operations of two bodies are on two roles."""
    theirs = Structure(
        (Body("one", 1, None, steps("a@0")), Body("two", 1, None, steps("b@0", "c@0")))
    )
    wanted = fixed(problem(), theirs, ("roles",)).requirements.roles
    assert wanted == {"a": "one", "b": "two", "c": "two"}
    assert fixed(problem(), theirs, ()) == problem()
