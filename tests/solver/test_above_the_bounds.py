"""Problems whose smallest II is above every bound of arithmetic: a real search, a real refutation.

The registers of single warp groups and narrow roles are in ``test_search.py``.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from benchmarks.cases import tight
from tests.brute_force import CLAIM
from twill.elaborate import elaborate
from twill.knobs import Knobs, turned
from twill.lemmas import monotone
from twill.problem import Limits, Op, Problem, Reservation, Unit
from twill.schedule import Optimal, Schedule
from twill.solver import SolveOptions, bounds, solve
from twill.solver.assemble import assemble
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment
from twill.solver.minimal_ii import Search
from twill.solver.options import Stop
from twill.solver.smt.engine import Limit, decide
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.storage import buffers
from twill.verify import verify


def smallest(problem: Problem) -> Schedule:
    """The schedule of the smallest II, proved."""
    outcome = solve(problem, SolveOptions(120, 0, 1, levels=()))
    assert isinstance(outcome, Optimal), outcome
    return outcome.schedule


# Backward attention: how deep the rings of tensor memory are is for the solver to choose


def backward(columns: int, *, joint: bool) -> Problem:
    """Backward attention on the B200 with so many columns of tensor memory.

    Two accumulators take 256; what is left holds slots of S and of dP, 64 columns each.
    """
    loop = load_loop("flash_attention_backward")
    problem = elaborate(loop, load_machine("b200")).problem
    memories = [replace(m, capacity=columns) if m.name == "tensor" else m for m in problem.memories]
    problem = replace(problem, memories=tuple(memories))
    if joint:
        return problem
    ops = (replace(op, variable_latency=False, streaming=False) for op in problem.ops)
    return replace(problem, roles=None, ops=tuple(ops))


@pytest.mark.parametrize(("columns", "ii"), [(384, 2192), (448, 2128)])
def test_tensor_memory_decides_the_ii_of_backward_attention(columns: int, ii: int) -> None:
    """One slot each for S and dP costs 64 cycles over the bound; one slot more costs none."""
    problem = backward(columns, joint=False)
    assert bounds(problem).ii == 2128
    assert smallest(problem).ii == ii
    slots = [b for b in buffers(problem) if b.memory == "tensor" and not b.accumulator]
    assert [(b.name, b.size) for b in slots] == [("S", 64), ("dP", 64)]


def test_z3_refutes_what_tensor_memory_forbids() -> None:
    """The engine that shares nothing with the first one agrees about II 2191."""
    decision = decide(backward(384, joint=False), 2191, Limit(120))
    assert decision.answer == "infeasible"


@pytest.mark.slow
def test_two_tiles_on_two_warp_groups_with_160_registers() -> None:
    """II 2206 where the bounds say 2048: CP-SAT sees the schedule at once, Z3 refutes 2205."""
    problem = elaborate(load_loop("flash_attention_forward"), load_machine("h100")).problem
    problem = turned(problem, Knobs(max_roles=3, registers_per_role=160))
    assert bounds(problem).ii == 2048
    search = Search(problem, 1, Clock(SolveOptions(60, 0, 1), Stop()))
    assert search.glance(2206) == "feasible"
    assert search.best is not None
    found = assemble(problem, "", 2206, search.best.start, search.best.role, CLAIM)
    assert verify(problem, found) == ()
    assert decide(problem, 2205, Limit(250)).answer == "infeasible"


def test_roles_make_scarce_tensor_memory_dearer() -> None:
    """With hand-offs and instruction streams the same rings need II 2224."""
    schedule = smallest(backward(384, joint=True))
    assert (schedule.ii, schedule.proof) == (2224, "proved by a checked refutation")


# Packings: operations that hold one unit in several intervals

PACKINGS = {
    "a longer period collides": ([[(0, 1)], [(0, 1), (7, 2)]], 4, ".yy..yyyy"),
    "two above the bound, then none": ([[(0, 2), (8, 1)], [(0, 2), (5, 2)]], 7, "..y.yyyyy"),
    "one above the bound, then two": ([[(0, 2), (8, 1)], [(0, 2)]], 5, ".y..yyyyy"),
    "three operations": ([[(0, 2), (6, 2)], [(0, 1)], [(0, 2), (8, 2)]], 9, ".y.yyyyyy"),
}
"""Intervals of each operation, the resource bound, and at which IIs from there on they fit."""


def packing(intervals: list[list[tuple[int, int]]]) -> Problem:
    """Operations on one unit without dependences."""
    ops = [
        Op("ABC"[i], {"u": tuple(Reservation(*each) for each in held)}, issue=1)
        for i, held in enumerate(intervals)
    ]
    return Problem("packing", tuple(ops), (), (Unit("u"),), limits=Limits(max_stages=1))


def fits(problem: Problem, ii: int) -> bool:
    """Whether some placement of all starts around the period leaves no cycle twice taken."""
    for starts in product(range(ii), repeat=len(problem.ops)):
        cycles = [
            (start + r.offset + i) % ii
            for op, start in zip(problem.ops, starts, strict=True)
            for r in op.reservations["u"]
            for i in range(r.length)
        ]
        if len(set(cycles)) == len(cycles):
            return True
    return False


@pytest.mark.parametrize("name", PACKINGS)
def test_packings_are_scanned(name: str) -> None:
    """A period that is feasible below one that is not: bisecting could miss the smallest."""
    intervals, bound, pattern = PACKINGS[name]
    problem = packing(intervals)
    assert not monotone(problem)
    assert bounds(problem).ii == bound
    assert smallest(problem).ii == bound + pattern.index("y")


@pytest.mark.parametrize("name", PACKINGS)
def test_two_engines_and_trying_everything_agree_on_packings(name: str) -> None:
    """Every II from the bound on: CP-SAT, Z3 and brute force say the same."""
    intervals, bound, pattern = PACKINGS[name]
    problem = packing(intervals)
    for ii, expected in enumerate(pattern, bound):
        assert fits(problem, ii) == (expected == "y")
        search = Search(problem, 1, Clock(SolveOptions(60, 0, 1), Stop()))
        answer = "feasible" if expected == "y" else "infeasible"
        assert search.glance(ii) == answer
        assert decide(problem, ii, Limit(60)).answer == answer


@pytest.mark.parametrize("hard", [2049, 2060, 2100])
def test_the_refuter_raises_the_bound_in_steps(hard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the first II that it does not refute, each asked once, none at or above the best."""
    search = Search(tight(2, 3, 160), 2048, Clock(SolveOptions(60, 0, 1), Stop()))
    search.best = Assignment(2206, {}, {})
    asked: list[int] = []

    def ask(ii: int) -> str:
        asked.append(ii)
        if ii >= hard:
            return "unknown"
        search.refute(ii)
        return "infeasible"

    monkeypatch.setattr(search, "ask", ask)
    search._refuted_upwards()
    assert 2048 < search.low <= hard
    assert hard - search.low < 4
    assert max(asked) < 2206
    assert len(asked) < 30
