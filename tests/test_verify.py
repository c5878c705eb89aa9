"""The verifier: known schedules pass, each constraint is named when it is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twill.problem import (
    REGISTER,
    Dependence,
    Handoff,
    InPlace,
    Invariant,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.schedule import Role, Schedule
from twill.solver.assemble import Claim, assemble
from twill.verify import verify

CLAIM = Claim("feasible", 1, "not proved")


def figure1() -> Problem:
    """The paper's worked example: S on the tensor core, P on the exp unit, O accumulates."""

    def on(unit: str) -> dict[str, tuple[Reservation, ...]]:
        return {unit: (Reservation(0, 1),)}

    return Problem(
        "figure1",
        (Op("S", on("tensor")), Op("P", on("exp")), Op("O", on("tensor"))),
        (Dependence("S", "P", 1), Dependence("P", "O", 1), Dependence("O", "O", 1, 1)),
        (Unit("tensor"), Unit("exp")),
    )


def two_roles(**changes: object) -> Problem:
    """A load feeds an asynchronous multiply, whose result a second operation reads."""
    problem = Problem(
        "pair",
        (
            Op(
                "K",
                {"copy": (Reservation(0, 4),)},
                issue=2,
                latency=10,
                asynchronous=True,
                variable_latency=True,
                streaming=True,
                result=Result("shared", 100),
                handoff=Handoff(0, 0, 0, 2, 0, 2),
            ),
            Op(
                "S",
                {"tensor": (Reservation(0, 8),)},
                issue=2,
                latency=9,
                warps=4,
                asynchronous=True,
                result=Result(REGISTER, 40),
                handoff=Handoff(12, 64, 3, 2, 2, 0),
            ),
            Op(
                "P",
                {"exp": (Reservation(0, 6),)},
                issue=6,
                latency=7,
                warps=4,
                result=Result(REGISTER, 20),
                handoff=Handoff(12, 64, 3, 2, 2, 0),
            ),
        ),
        (
            Dependence("K", "S", 0, 0, "flow", True),
            Dependence("S", "P", 9, 0, "flow", True, 6),
        ),
        (Unit("tensor"), Unit("exp"), Unit("copy")),
        (Memory("shared", 1000),),
        (Invariant("Q", "shared", 100),),
        RoleLimits(4, 16, 4, 65536, RegisterRange(24, 248, 8, 16), "shared"),
        Limits(4, 4, 8),
        10,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


START = {"K": 0, "S": 4, "P": 15}
ROLE = {"K": 0, "S": 1, "P": 1}


def schedule(
    problem: Problem, ii: int, start: dict[str, int], role: dict[str, int] | None = None
) -> Schedule:
    """A schedule with everything recomputed from starts and roles."""
    return assemble(problem, "", ii, start, role or {}, CLAIM)


def names(problem: Problem, claimed: Schedule) -> set[str]:
    """The constraints that a schedule breaks."""
    return {violation.constraint for violation in verify(problem, claimed)}


def test_figure1_is_optimal_with_p_at_1_or_2() -> None:
    """The paper draws P@2; P@1 is as good. II 1 is out of the question."""
    for at in (1, 2):
        claimed = schedule(figure1(), 2, {"S": 0, "P": at, "O": 3})
        assert verify(figure1(), claimed) == ()
        assert (claimed.length, claimed.stages) == (4, 2)
    assert names(figure1(), schedule(figure1(), 2, {"S": 0, "P": 1, "O": 2})) == {"CAPACITY"}
    assert names(figure1(), schedule(figure1(), 1, {"S": 0, "P": 1, "O": 2})) == {"CAPACITY"}


def test_a_schedule_with_roles_passes() -> None:
    """The pair at II 24 uses what hand arithmetic says."""
    problem = two_roles()
    claimed = schedule(problem, 24, START, ROLE)
    assert verify(problem, claimed) == ()
    # K lives from 10 cycles before its start until S has finished: 10 + 4 + 9 = 23 <= 24
    assert [(b.name, b.depth) for b in claimed.buffers] == [("K", 1)]
    # S [4, 15 + 6) and P [15, 15 + 7) overlap: 60 registers + 16 overhead = 76 -> 80
    assert claimed.roles == (Role("load", 1, 24), Role("role1", 4, 80))
    assert [h.value for h in claimed.handoffs] == ["K"]


@pytest.mark.parametrize(
    ("constraint", "problem", "ii", "start", "role"),
    [
        ("DEPENDENCE", two_roles(), 24, START | {"P": 12}, ROLE),
        ("HANDOFF", two_roles(), 24, START, {"K": 0, "S": 1, "P": 2}),
        ("STAGES", two_roles(), 24, START | {"P": 4 * 24 + 15}, ROLE),
        ("CAPACITY", two_roles(), 7, START, ROLE),
        ("ROLES", replace(two_roles(), roles=RoleLimits(1, 16)), 24, START, ROLE),
        ("ROLES", replace(two_roles(), roles=RoleLimits(4, 3)), 24, START, ROLE),
        ("VARIABLE-LATENCY", two_roles(), 24, START, {"K": 0, "S": 0, "P": 1}),
        ("CONCURRENCY", two_roles(), 16, START | {"P": 19}, ROLE),
        (
            "REGISTERS",
            two_roles(roles=RoleLimits(4, 16, 4, 65536, RegisterRange(24, 72, 8, 16), "shared")),
            24,
            START,
            ROLE,
        ),
        (
            "REGISTERS",
            two_roles(roles=RoleLimits(4, 16, 4, 32 * 4 * 100, RegisterRange(24, 248, 8, 16))),
            24,
            START,
            ROLE,
        ),
        ("MEMORY", two_roles(memories=(Memory("shared", 210),)), 24, START, ROLE),
        ("MEMORY", two_roles(memories=(Memory("shared", 250),)), 20, START, ROLE),
        (
            "BARRIERS",
            two_roles(limits=Limits(4, 1, 8)),
            40,
            START | {"P": 30},
            {"K": 0, "S": 1, "P": 2},
        ),
    ],
)
def test_each_constraint_is_named(
    constraint: str, problem: Problem, ii: int, start: dict[str, int], role: dict[str, int]
) -> None:
    """A schedule that breaks one constraint is rejected under that constraint's name."""
    found = verify(problem, schedule(problem, ii, start, role))
    assert constraint in {violation.constraint for violation in found}, found
    assert all(any(c.isdigit() for c in str(v)) or v.ops for v in found)


def test_paper_reading_of_concurrency() -> None:
    """Figure 6 to the letter forbids a wait while an asynchronous multiply runs; ours does not."""
    ops = (
        Op("G", {"tensor": (Reservation(0, 8),)}, issue=1, latency=8, asynchronous=True),
        Op("T", {}, issue=1, latency=1, asynchronous=True, result=Result(REGISTER, 1)),
        Op("R", {}, issue=1, latency=1),
    )
    problem = Problem(
        "concurrency",
        ops,
        (Dependence("T", "R", 1, 0, "flow", True),),
        (Unit("tensor"),),
        roles=RoleLimits(2, 8),
    )
    start, role = {"G": 0, "T": 2, "R": 4}, {"G": 0, "T": 0, "R": 0}
    assert verify(problem, schedule(problem, 12, start, role)) == ()
    paper = replace(problem, limits=Limits(concurrency="paper"))
    assert names(paper, schedule(paper, 12, start, role)) == {"CONCURRENCY"}


def test_in_place_results_share_storage() -> None:
    """P over S in tensor memory is one ring; another reader of S must be done before."""
    ops = (
        Op("S", latency=4, result=Result("tensor", 128)),
        Op("R", latency=3),
        Op("P", latency=2, result=Result("tensor", 64), in_place=InPlace("S")),
        Op("O", latency=5, result=Result("tensor", 128), in_place=InPlace("O", 1)),
    )
    dependences = (
        Dependence("S", "R", 4),
        Dependence("S", "P", 4),
        Dependence("P", "O", 2),
        Dependence("O", "O", 1, 1),
    )
    problem = Problem("tensor", ops, dependences, memories=(Memory("tensor", 256, "columns", 512),))
    good = schedule(problem, 20, {"S": 0, "R": 4, "P": 7, "O": 9})
    assert verify(problem, good) == ()
    assert [(b.name, b.size, b.depth, b.accumulator) for b in good.buffers] == [
        ("S", 128, 1, False),
        ("O", 128, 1, True),
    ]
    assert names(problem, schedule(problem, 20, {"S": 0, "R": 5, "P": 7, "O": 9})) == {"DEPENDENCE"}
    # at II 10 two instances of S/P are alive: 14 cycles of life need two slots
    assert names(problem, schedule(problem, 10, {"S": 0, "R": 4, "P": 7, "O": 9})) == {"MEMORY"}


def test_accumulators_are_charged_throughout() -> None:
    """A register accumulator in place is exactly one live instance at every phase."""
    problem = Problem(
        "accumulate",
        (
            Op(
                "C",
                issue=1,
                latency=30,
                warps=1,
                result=Result(REGISTER, 64),
                in_place=InPlace("C", 1),
            ),
        ),
        (Dependence("C", "C", 10, 1),),
        roles=RoleLimits(1, 4, 1, 65536, RegisterRange(24, 248, 8, 0)),
    )
    claimed = schedule(problem, 10, {"C": 0}, {"C": 0})
    assert verify(problem, claimed) == ()
    assert claimed.roles[0].registers == 64
