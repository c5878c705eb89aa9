"""Lower bounds on the II against arithmetic by hand."""

from __future__ import annotations

from dataclasses import replace

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
from twill.solver import Bound, bounds


def busy(**lengths: int) -> dict[str, tuple[Reservation, ...]]:
    """One reservation from the start on, per unit."""
    return {unit: (Reservation(0, length),) for unit, length in lengths.items()}


def kinds(problem: Problem, kind: str) -> list[Bound]:
    """The bounds of one kind, highest first."""
    return [term for term in bounds(problem).terms if term.kind == kind]


def test_resource_bound_counts_amounts_over_the_capacity() -> None:
    """3 x 2 + 5 x 1 = 11 unit-cycles on a capacity of 4 need 3 cycles."""
    ops = (Op("A", {"w": (Reservation(0, 3, 2),)}), Op("B", {"w": (Reservation(1, 5),)}))
    found = kinds(Problem("units", ops, (), (Unit("w", 4),)), "resource")
    assert [(b.name, b.ii, b.binding) for b in found] == [("w", 3, True)]
    assert found[0].detail == "A 6 + B 5 = 11 over capacity 4"


def test_every_unit_has_a_bound_and_the_highest_binds() -> None:
    """Two units: 7 + 4 on one, 3 on the other."""
    ops = (Op("A", busy(u=7)), Op("B", busy(u=4, v=3)))
    found = kinds(Problem("units", ops, (), (Unit("u"), Unit("v"))), "resource")
    assert [(b.name, b.ii, b.binding) for b in found] == [("u", 11, True), ("v", 3, False)]


def test_recurrence_takes_the_worst_of_circuits_with_several_back_edges() -> None:
    """A-B over 1: 5 + 4 = 9; A-B-C over 2: 5 + 4 + 8 = 17, ceil(17 / 2) = 9; with 2 back: 11."""
    forward = (Dependence("A", "B", 5), Dependence("B", "C", 4))
    back = (Dependence("B", "A", 4, 1), Dependence("C", "A", 8, 2))
    ops = (Op("A"), Op("B"), Op("C"))
    found = kinds(Problem("circuits", ops, forward + back), "recurrence")
    assert [b.ii for b in found] == [9]
    slower = (Dependence("B", "A", 4, 1), Dependence("C", "A", 13, 2))
    found = kinds(Problem("circuits", ops, forward + slower), "recurrence")
    assert [(b.ii, b.detail) for b in found] == [(11, "5 + 4 + 13 = 22 cycles over 2 iterations")]


def test_recurrence_through_two_back_edges() -> None:
    """A circuit that takes both back edges: 6 + 7 + 8 + 9 = 30 over 1 + 2 iterations is 10."""
    dependences = (
        Dependence("A", "B", 6, 1),
        Dependence("B", "C", 7),
        Dependence("C", "D", 8, 2),
        Dependence("D", "A", 9),
    )
    found = kinds(Problem("two", tuple(map(Op, "ABCD")), dependences), "recurrence")
    assert [(b.ii, sorted(b.ops)) for b in found] == [(10, ["A", "B", "C", "D"])]


def ring(capacity: int) -> Problem:
    """X writes 8 bytes for 5 cycles; Y reads them for 7 cycles, from 5 cycles later on."""
    return Problem(
        "ring",
        (Op("X", latency=5, result=Result("shared", 8)), Op("Y", latency=7)),
        (Dependence("X", "Y", 5),),
        (),
        (Memory("shared", capacity),),
        (Invariant("Q", "shared", 4),),
    )


def test_a_ring_with_one_slot_delays_the_next_write() -> None:
    """5 + 7 cycles of life in a memory with room for one slot: II >= 12; for two: 6."""
    one, two = kinds(ring(12), "buffer"), kinds(ring(20), "buffer")
    assert (one[0].ii, set(one[0].ops)) == (12, {"X", "Y"})
    assert "ring X has room for 1 slot" in one[0].detail
    assert two[0].ii == 6
    assert "ring X has room for 2 slots" in two[0].detail
    assert bounds(ring(12)).ii == 12


def test_a_memory_without_room_gives_no_buffer_bound() -> None:
    """Where not even one slot fits there is nothing to bound: impossible.py says so."""
    assert kinds(ring(11), "buffer") == []


def waiting(**changes: object) -> Problem:
    """G is asynchronous; R waits for it; L issues long and waits for nothing."""
    handoff = Handoff(issue_receive=9, issue_wait=4)
    problem = Problem(
        "roles",
        (Op("G", issue=3, asynchronous=True, handoff=handoff), Op("R", issue=5), Op("L", issue=11)),
        (Dependence("G", "R", 1, blocking=True),),
        roles=RoleLimits(2, 8),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_role_bound_is_the_longest_stay() -> None:
    """L issues for 11 cycles; R for 5 and a wait of 4 where it may be on G's role."""
    found = kinds(waiting(), "role")
    assert [(b.name, b.ii, b.ops) for b in found] == [("longest issue", 11, ("L",))]


def test_role_bound_takes_the_cheaper_wait_where_the_role_is_open() -> None:
    """5 + min(4, 9) = 9 on two roles; 5 + 4 with one role even where crossing is cheaper."""
    ops = waiting().ops[:2]
    assert kinds(waiting(ops=ops), "role")[0].ii == 9
    cheap = (replace(ops[0], handoff=Handoff(issue_receive=1, issue_wait=4)), ops[1])
    assert kinds(waiting(ops=cheap), "role")[0].ii == 6
    one = kinds(waiting(ops=cheap, roles=RoleLimits(1, 8)), "role")
    assert max(b.ii for b in one if b.name == "longest issue") == 9


def test_the_only_role_issues_everything_that_blocks() -> None:
    """One role: R blocks for 4 + 5, the longest of the others, L, takes 11 more."""
    found = kinds(waiting(roles=RoleLimits(1, 8)), "role")
    assert {b.name: b.ii for b in found} == {"the only role": 20, "longest issue": 11}


def test_values_of_loads_always_cross_roles() -> None:
    """K is a load: with two roles R and S share the other one and both wait for K."""
    load = Op(
        "K",
        latency=4,
        asynchronous=True,
        variable_latency=True,
        handoff=Handoff(issue_receive=6, issue_wait=1),
    )
    problem = Problem(
        "load",
        (load, Op("R", issue=5), Op("S", issue=2)),
        (Dependence("K", "R", 4), Dependence("K", "S", 4)),
        roles=RoleLimits(2, 8),
    )
    found = {b.name: b.ii for b in kinds(problem, "role")}
    assert found == {"longest issue": 11, "the only role": 19}


def test_an_impossible_circuit_is_told_with_its_delays() -> None:
    """One slot, read an iteration late: Y reads it before X overwrites it, and follows X."""
    problem = replace(
        ring(12), dependences=(Dependence("X", "Y", 5, 1), Dependence("X", "Y", 0, 0, "order"))
    )
    found = bounds(problem)
    assert found.ii is None
    assert "over 0 iterations" in found.impossible
    assert "ring X has room for 1 slot" in found.impossible


def test_no_constraint_at_all_bounds_the_ii_by_one() -> None:
    """An operation that holds nothing may start every cycle."""
    assert bounds(Problem("free", (Op("A"),))).ii == 1
