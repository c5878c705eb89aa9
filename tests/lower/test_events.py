"""The event graphs of programs: live, as fast as promised, and what added waits cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.lower.shipped import PAIRS, solved
from twill.accounting import Usage
from twill.events.graph import Edge
from twill.events.ratio import dead_circuit, max_ratio
from twill.lower import WarpProgram, lower
from twill.lower.events import SyncCosts, program_graph, timing
from twill.lower.lowering import usage_of
from twill.lower.program import (
    Arrive,
    Barrier,
    Drain,
    Instruction,
    RoleProgram,
    Run,
    Sync,
    Wait,
)
from twill.problem import Dependence, Op, Problem, Result, RoleLimits
from twill.spec.machine import load_machine

pairs = pytest.mark.parametrize(("loop", "machine"), PAIRS)

FREE = SyncCosts()


def lowered(loop: str, machine: str) -> tuple[Usage, WarpProgram]:
    """What the schedule of a shipped pair uses, and its program."""
    made, schedule = solved(loop, machine)
    return usage_of(made.problem, schedule), lower(made.problem, schedule)


@pairs
def test_shipped_programs_are_live_and_keep_their_period(loop: str, machine: str) -> None:
    """Where waits and syncs take no time, the program is as fast as the schedule says.

    What it may lose is what its syncs keep apart, and those are named.
    """
    usage, program = lowered(loop, machine)
    found = timing(usage, program)
    assert found.live
    assert found.cycles is not None
    assert found.model is not None
    assert found.model <= usage.ii
    assert found.keeps or found.added


@pairs
def test_synchronisation_costs_what_is_named(loop: str, machine: str) -> None:
    """With the machine's costs no program gets faster; what it loses has a name and a circuit."""
    usage, program = lowered(loop, machine)
    free = timing(usage, program)
    found = timing(usage, program, SyncCosts.of(load_machine(machine)))
    assert found.cycles is not None
    assert free.cycles is not None
    assert found.cycles >= free.cycles
    if not found.keeps:
        assert found.added
        assert {edge.src for edge in found.circuit} >= {wait.event for wait in found.added}
    for wait in found.added:
        assert wait.cycles > 0


@pairs
def test_where_a_body_begins_changes_nothing(loop: str, machine: str) -> None:
    """A body is a circle: cut anywhere, the program has the same graph."""
    usage, program = lowered(loop, machine)
    stated = edges_of(usage, program)
    for n, role in enumerate(program.roles):
        for place in range(1, len(role.body)):
            head = tuple(replace(i, offset=i.offset + 1) for i in role.body[:place])
            roles = list(program.roles)
            roles[n] = replace(role, body=(*role.body[place:], *head))
            assert edges_of(usage, replace(program, roles=tuple(roles))) == stated


def edges_of(usage: Usage, program: WarpProgram) -> set[Edge]:
    """Every edge, with all costs."""
    return set(program_graph(usage, program, SyncCosts(1, 2, 3, 4)).edges)


@pairs
def test_slack_of_the_program_is_exact(loop: str, machine: str) -> None:
    """A latency may grow by its slack before the program falls behind, and by no cycle more."""
    usage, program = lowered(loop, machine)
    found = timing(usage, program)
    assert found.cycles is not None
    period = max(found.cycles, Fraction(usage.ii))
    for slack in found.slacks:
        if slack.cycles is not None:
            assert grown(usage, program, slack.latency, slack.cycles) <= period
            assert grown(usage, program, slack.latency, slack.cycles + 1) > period


def grown(usage: Usage, program: WarpProgram, latency: str, cycles: int) -> Fraction:
    """The ratio with one latency longer."""
    graph = program_graph(usage, program)
    edges = tuple(
        replace(e, delay=e.delay + cycles * sum(p.latency == latency for p in e.parts))
        for e in graph.edges
    )
    found = max_ratio(replace(graph, edges=edges)).cycles
    assert found is not None
    return found


def two_roles(first: list[Instruction], second: list[Instruction]) -> tuple[Usage, WarpProgram]:
    """Two roles of one operation each, with whatever synchronisation."""
    ops = (Op("A", issue=4, latency=6), Op("B", issue=4, latency=6))
    problem = Problem("two", ops, roles=RoleLimits(2, 8))
    usage = Usage(problem, 10, {"A": 0, "B": 0}, {"A": "one", "B": "two"})
    roles = (
        RoleProgram("one", 1, None, tuple(first)),
        RoleProgram("two", 1, None, tuple(second)),
    )
    barriers = (Barrier("x", 1, roles=("one",)), Barrier("y", 1, roles=("two",)))
    return usage, WarpProgram("two", "0" * 64, 10, 4, 1, roles, (), (), barriers, {})


A, B = Run("A", 0, 0), Run("B", 0, 0)
ARRIVE_X, ARRIVE_Y = Arrive("x", 0, 0, "A"), Arrive("y", 0, 0, "B")


def wait(barrier: str, lag: int, before: str) -> Wait:
    """A wait in front of an operation."""
    return Wait(barrier, 0, 0, lag, before)


def test_each_waiting_for_the_other_first_hangs() -> None:
    """The circuit is told in words."""
    usage, program = two_roles(
        [wait("y", 0, "A"), A, ARRIVE_X], [wait("x", 0, "B"), B, ARRIVE_Y]
    )  # fmt: skip
    found = timing(usage, program)
    assert not found.live
    assert found.dead is not None
    assert {e.src for e in found.dead} >= {
        "one: wait for y before A",
        "two: wait for x before B",
    }
    assert any("two: arrival on y arrives" in e.why for e in found.dead)


def test_one_slot_ahead_is_enough_to_live() -> None:
    """The same with one of the waits an iteration back: they take turns."""
    usage, program = two_roles(
        [wait("y", 1, "A"), A, ARRIVE_X], [wait("x", 0, "B"), B, ARRIVE_Y]
    )  # fmt: skip
    found = timing(usage, program)
    assert found.live
    assert found.cycles == 8
    assert timing(usage, program, SyncCosts(one_way=5)).cycles == 18
    costs = SyncCosts(arrive=1, wait=2, one_way=5)
    assert timing(usage, program, costs).cycles == 2 * (4 + 5)


def test_what_an_added_wait_costs() -> None:
    """Without it the program is as fast as without any."""
    usage, program = two_roles(
        [wait("y", 1, "A"), A, ARRIVE_X], [wait("x", 0, "B"), B, ARRIVE_Y]
    )  # fmt: skip
    found = timing(usage, program, SyncCosts(one_way=5))
    assert found.model == 4
    assert {a.event: a.cycles for a in found.added} == {
        "one: wait for y before A": 14,
        "two: wait for x before B": 14,
    }


def test_a_sync_takes_its_turn() -> None:
    """It comes after what was begun and costs what a machine says."""
    usage, program = two_roles([Sync(0, 0, (), "A"), A], [B])
    assert timing(usage, program, SyncCosts(sync=9)).cycles == 13


@pytest.mark.parametrize("stored", [True, False])
def test_a_sync_waits_for_memory(stored: bool) -> None:
    """Until the warps' own stores are complete, and what they read in memory is read."""
    space = Result("shared", 16)
    write = Op("A", issue=4, latency=30, result=space if stored else None)
    read = Op("A", issue=4, latency=6)
    load = Op("B", latency=6, asynchronous=True, result=space)
    reads = (Dependence("B", "A", delay=0, read_until=30),)
    problem = Problem(
        "one",
        (write,) if stored else (read, load),
        () if stored else reads,
        roles=RoleLimits(2, 8),
    )
    usage = Usage(problem, 50, {"A": 0, "B": 0}, {"A": "one", "B": "two"})
    roles = (RoleProgram("one", 1, None, (A, Sync(0, 0, ("A",), "A"))),)
    program = WarpProgram("one", "0" * 64, 50, 4, 1, roles, (), (), (), {})
    assert timing(usage, program, SyncCosts(sync=9)).cycles == 39


def test_loads_that_run_ahead_share_the_copy_engine() -> None:
    """In the order of their issue: the second comes late, whenever its slot is free."""
    usage, program = lowered("gemm", "h100")
    edges = program_graph(usage, program).edges
    queue = [e for e in edges if e.kind == "unit" and e.src.startswith("issue of")]
    load = [i for i in program.role["load"].body if isinstance(i, Run)]
    first, second = (f"issue of {i.op}" for i in load)
    length = {op.name: op.reservations["tma"][0].length for op in usage.problem.ops[:2]}
    assert {(e.src, e.dst, e.delay) for e in queue} == {
        (first, second, length[load[0].op]),
        (second, first, length[load[1].op]),
    }
    assert sum(e.tokens for e in queue) == 1


def test_a_drain_waits_for_the_engine() -> None:
    """Until the operation of the last iteration has completed."""
    ops = (Op("A", issue=4, latency=30, asynchronous=True),)
    problem = Problem("one", ops, roles=RoleLimits(1, 4))
    usage = Usage(problem, 40, {"A": 0}, {"A": "one"})
    body = (Drain("A", 0, 0, 1, "", 0, 0, "A"), A)
    roles = (RoleProgram("one", 1, None, body),)
    program = WarpProgram("one", "0" * 64, 40, 4, 1, roles, (), (), (), {})
    found = timing(usage, program)
    assert found.cycles == 30
    assert [(s.latency, s.cycles) for s in found.slacks] == [("A", 10)]


@pairs
def test_waiting_for_what_is_yet_to_come_hangs(loop: str, machine: str) -> None:
    """Any wait that asks for an arrival some iterations later than it should."""
    usage, program = lowered(loop, machine)
    for mutant in impatient(program):
        assert dead_circuit(program_graph(usage, mutant)) is not None


def impatient(program: WarpProgram) -> Iterator[WarpProgram]:
    """The program with one wait asking for more than any ring can hold."""
    for n, role in enumerate(program.roles):
        for place, i in enumerate(role.body):
            if isinstance(i, Wait):
                body, roles = list(role.body), list(program.roles)
                body[place] = replace(i, lag=i.lag - 8)
                roles[n] = replace(role, body=tuple(body))
                yield replace(program, roles=tuple(roles))
