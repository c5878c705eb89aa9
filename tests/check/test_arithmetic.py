"""Bounds by arithmetic: what the solver's bounds say passes, and nothing that is more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.brute_force import exists
from tests.random_problems import random_problem
from twill.check.arithmetic import _stay, check_bound
from twill.check.circuits import must_cross, ring_arc
from twill.check.period import Invalid
from twill.problem import (
    Dependence,
    Handoff,
    Invariant,
    Memory,
    Op,
    Problem,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.solver import bounds as bounds_of
from twill.solver.bounds import reuse_arcs
from twill.solver.certain import least_waits
from twill.solver.certain import must_cross as must_cross_of_solver
from twill.solver.proof.arithmetic import bound_step
from twill.storage import buffers

Json = dict[str, Any]


def loads() -> Problem:
    """A load and two readers: rings, hand-offs, exclusion, a circuit, one role besides the load."""
    return Problem(
        "loads",
        (
            Op("L", {"w": (Reservation(0, 3, 1),)}, issue=2, latency=9, variable_latency=True,
               streaming=True, result=Result("shared", 4), handoff=Handoff(latency=5,
               issue_receive=3)),
            Op("M", {"u": (Reservation(0, 4, 2),), "w": (Reservation(0, 2, 1),)}, issue=6,
               latency=8, asynchronous=True, handoff=Handoff(issue_wait=1, issue_receive=2)),
            Op("N", {"u": (Reservation(0, 7, 2),)}, issue=4, latency=2),
        ),
        (
            Dependence("L", "M", 0),
            Dependence("M", "N", 8, blocking=True),
            Dependence("N", "M", 2, 1, kind="order"),
        ),
        (Unit("u", 3), Unit("w", 2)),
        (Memory("shared", 13),),
        (Invariant("Q", "shared", 4),),
        RoleLimits(2, 4),
    )  # fmt: skip


CIRCUIT = [
    {"src": "M", "dst": "N", "delay": 8, "distance": 0, "why": ["dependence", 1]},
    {"src": "N", "dst": "M", "delay": 2, "distance": 1, "why": ["dependence", 2]},
]
RING = [
    {"src": "L", "dst": "M", "delay": 5, "distance": 0, "why": ["dependence", 0]},
    {"src": "M", "dst": "L", "delay": 17, "distance": 2, "why": ["ring", "L", ["L", 0], "L"]},
]
RESOURCE: Json = {"kind": "resource", "unit": "u", "capacity": 3, "ops": {"M": 8, "N": 14}}
STEPS: list[Json] = [
    {**RESOURCE, "sum": 22, "ii": 8},
    {"kind": "exclusion", "ops": {"M": 4, "N": 7}, "sum": 11, "ii": 11},
    {"kind": "recurrence", "arcs": CIRCUIT, "delay": 10, "distance": 1, "ii": 10},
    {"kind": "buffer", "arcs": RING, "delay": 22, "distance": 2, "ii": 11},
    {"kind": "role", "name": "longest issue", "ops": {"M": 9}, "other": 0, "sum": 9, "ii": 9},
    {
        "kind": "role",
        "name": "the only role",
        "ops": {"M": 9, "N": 5},
        "other": 0,
        "sum": 14,
        "ii": 14,
    },
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.get("name", step["kind"]))
def test_bounds_by_hand(step: Json) -> None:
    """Every kind of bound, with its terms from the table above."""
    check_bound(loads(), step)


def test_the_solver_finds_the_same() -> None:
    """The bounds by hand are those that the solver reports; its exclusion counts M with w only."""
    found = {(term.kind, term.ii) for term in bounds_of(loads()).terms}
    assert {("resource", 8), ("resource", 9), ("recurrence", 10), ("buffer", 11)} <= found
    assert {("role", 9), ("role", 14)} <= found


def with_(step: Json, **changes: Any) -> Json:
    """A step with some of its fields changed."""
    return {**step, **changes}


def arc(number: int, **changes: Any) -> list[Json]:
    """The circuit through the ring, one arc changed."""
    return [{**each, **changes} if i == number else each for i, each in enumerate(RING)]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (with_(STEPS[0], ops={"M": 8, "N": 15}), "the term of N is stated as 15, it is 14"),
        (with_(STEPS[0], sum=23), "the sum is stated as 23, it is 22"),
        (with_(STEPS[0], ii=9), "the bound is stated as 9, it is 8"),
        (with_(STEPS[0], unit="v"), "names what the problem does not have: 'v'"),
        (with_(STEPS[1], ops={"M": 5, "N": 7}), "M for 5 cycles and N for 7 may run at once"),
        (with_(STEPS[1], ops={"M": 2, "L": 3}), "M for 2 cycles and L for 3 may run at once"),
        (with_(STEPS[1], ops={"M": 4}), "it takes two operations to exclude each other"),
        (with_(STEPS[1], ops={"M": 4, "N": 0}), "it takes two operations"),
        (with_(STEPS[1], ii=12), "the bound is stated as 12, it is 11"),
        (with_(STEPS[2], delay=11), "the delay is stated as 11, it is 10"),
        (with_(STEPS[2], distance=2), "the distance is stated as 2, it is 1"),
        (with_(STEPS[2], ii=11), "the bound is stated as 11, it is 10"),
        (with_(STEPS[2], arcs=CIRCUIT[:1]), "the source of an arc is stated as M, it is N"),
        (with_(STEPS[3], arcs=arc(0, delay=6)), "arc 0 is stated as .* it is .'L', 'M', 5, 0"),
        (with_(STEPS[3], arcs=arc(0, why=["dependence", 1])), "arc 0 is stated as"),
        (with_(STEPS[3], arcs=arc(0, why=["dependence", 7])), "names what the problem does not"),
        (with_(STEPS[3], arcs=arc(1, distance=1)), "arc 1 is stated as"),
        (with_(STEPS[3], arcs=arc(1, why=["ring", "L", ["L", 1], "L"])), "1 does not read L"),
        (with_(STEPS[3], arcs=arc(1, why=["ring", "M", ["L", 0], "L"])), "does not have: 'M'"),
        (with_(STEPS[4], ops={"M": 10}), "the term of M is stated as 10, it is 9"),
        (with_(STEPS[4], ops={"M": 9, "N": 5}), "number of operations is stated as 2, it is 1"),
        (with_(STEPS[4], other=1), "the other one is stated as 1, it is 0"),
        (with_(STEPS[5], ops={"M": 9}), "the longest other window is stated as 0, it is 5"),
        (with_(STEPS[5], ops={"L": 2}, sum=2), "L need not block the only role"),
        (with_(STEPS[2], kind="endless circuit"), "it is no circuit of positive delay over no"),
        (
            {"kind": "memory", "memory": "shared", "lines": {"L": 4, "Q": 4}, "sum": 8,
             "capacity": 13},
            "shared has room for 8",
        ),
    ],
)  # fmt: skip
def test_what_is_no_bound(step: Json, message: str) -> None:
    """A term, a sum, an arc or a reason that is not the problem's."""
    with pytest.raises(Invalid, match=message):
        check_bound(loads(), step)


def test_without_the_reason_there_is_no_bound() -> None:
    """Each bound rests on something that the problem may lack."""
    problem = loads()
    assert problem.roles is not None
    two = replace(problem, roles=replace(problem.roles, max_roles=3))
    with pytest.raises(Invalid, match="there may be several roles"):
        check_bound(two, STEPS[5])
    with pytest.raises(Invalid, match="the problem has no roles"):
        check_bound(replace(problem, roles=None), STEPS[4])
    tight = replace(problem, memories=(Memory("shared", 7),))
    with pytest.raises(Invalid, match="ring L sets no bound"):
        check_bound(tight, STEPS[3])
    fluid = replace(problem, units=(Unit("u", 3, fluid=True), Unit("w", 2)))
    with pytest.raises(Invalid, match="may run at once"):
        check_bound(fluid, STEPS[1])


def test_what_no_ii_repairs() -> None:
    """One slot of all that a memory holds, and a circuit of delay over no distance."""
    problem = replace(loads(), memories=(Memory("shared", 7),))
    lines = {"L": 4, "Q": 4}
    step: Json = {"kind": "memory", "memory": "shared", "lines": lines, "sum": 8, "capacity": 7}
    check_bound(problem, step)
    ahead = replace(problem.dependences[2], distance=0)
    looped = replace(problem, dependences=(*problem.dependences[:2], ahead))
    arcs = [CIRCUIT[0], {**CIRCUIT[1], "distance": 0}]
    check_bound(looped, {"kind": "endless circuit", "arcs": arcs, "delay": 10, "distance": 0})
    with pytest.raises(Invalid, match="a circuit that bounds the II has a distance above 0"):
        check_bound(
            looped, {"kind": "recurrence", "arcs": arcs, "delay": 10, "distance": 0, "ii": 1}
        )


def test_the_parts_of_bounds_agree_with_the_solvers() -> None:
    """What must cross, how long a window is at least, what a ring makes wait."""
    rings = crossing = 0
    for seed in range(400):
        problem = random_problem(seed)
        for d in problem.dependences:
            assert must_cross(problem, d) == must_cross_of_solver(problem, d), seed
            crossing += must_cross(problem, d)
        if problem.roles is not None:
            waits = least_waits(problem)
            for op in problem.ops:
                least = sum(n for (_, reader), n in waits.items() if reader == op.name)
                assert _stay(problem, op.name) == op.issue + least, seed
        for arcs in reuse_arcs(problem):
            name = arcs[0].why.split(" ")[1]
            ours = sorted(ring_arc(problem, name, *ends) for ends in _ends(problem, name))
            assert ours == sorted((a.src, a.dst, a.delay, a.distance) for a in arcs), seed
            rings += len(ours)
    assert rings >= 100
    assert crossing >= 50


def _ends(problem: Problem, name: str) -> list[tuple[tuple[str, int | None], str]]:
    ring = next(ring for ring in buffers(problem) if ring.name == name)
    flows = [
        (d.src, number)
        for number, d in enumerate(problem.dependences)
        if d.kind == "flow" and d.src in ring.members
    ]
    ends: list[tuple[str, int | None]] = [*((m, None) for m in ring.members), *flows]
    return [(end, begin) for end in ends for begin in ring.members]


def test_no_bound_excludes_what_exists() -> None:
    """Every bound that the solver reports passes, and brute force finds nothing below it."""
    kinds: Counter[str] = Counter()
    excluded = 0
    for seed in range(150):
        problem = random_problem(seed)
        found = bounds_of(problem)
        for bound in found.terms:
            if bound.ii >= 1:
                check_bound(problem, bound_step(problem, bound))
                kinds[bound.kind] += 1
        if found.ii is not None and 1 < found.ii <= 5:
            assert not exists(problem, found.ii - 1), seed
            excluded += 1
    assert min(kinds[kind] for kind in ("resource", "recurrence", "buffer", "role")) >= 20
    assert excluded >= 30
