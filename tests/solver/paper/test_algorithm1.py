"""Algorithm 1 on programs worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.solver.paper.random_programs import random_program
from tests.solver.paper.small import FIGURE_1, RAW, clock, edge, op, program, solved
from twill.solver.clock import Clock
from twill.solver.options import SolveOptions, Stop
from twill.solver.paper.algorithm1 import search
from twill.solver.paper.modulo import modulo_schedule


def test_figure_1() -> None:
    """The paper's worked example: I = 1 fails, I = 2 with S@0, P@2, O@3, L = 4, T = 6."""
    assert modulo_schedule(FIGURE_1, 1, RAW, clock()).length is None
    outcome = solved(FIGURE_1)
    assert outcome.status == "optimal"
    assert outcome.solution is not None
    assert (outcome.solution.ii, outcome.solution.length, outcome.solution.copies) == (2, 4, 2)
    assert outcome.solution.start == {"S": 0, "P": 2, "O": 3}
    assert outcome.cycles["T"] == 6


def test_figure_1_on_one_warp_shows_what_specialisation_is_for() -> None:
    """To the letter P of one iteration and S of the next may not be in flight on one warp."""
    blocking = replace(
        FIGURE_1,
        edges=tuple(replace(e, blocking=e.src == "S") for e in FIGURE_1.edges),
        places=1,
    )
    one, two = solved(blocking), solved(replace(blocking, places=2))
    assert (one.solution and one.solution.ii, two.solution and two.solution.ii) == (3, 2)


def test_memory_raises_the_interval() -> None:
    """With room for one value, iterations may not overlap its life."""
    ops = [op("A", "TC", footprint={"m": 1}), op("B", "SFU")]
    wide = program(ops, [edge("A", "B", 3)], memories={"m": 3})
    for room, ii in ((3, 1), (2, 2), (1, 3)):
        found = solved(replace(wide, memories={"m": room})).solution
        assert found is not None
        assert found.ii == ii


def test_registers_of_a_warp_raise_the_interval() -> None:
    """A value in registers counts on the warp that made it."""
    ops = [op("A", "TC", registers=1), op("B", "SFU")]
    for limit, ii in ((3, 1), (1, 3)):
        tight = program(ops, [edge("A", "B", 3)], register_limit=limit, places=1)
        found = solved(tight).solution
        assert found is not None
        assert found.ii == ii


def test_a_spill_lengthens_the_schedule() -> None:
    """A consumer on another warp waits the spill longer."""
    ops = [op("A", "TC", spill=2, variable_latency=True), op("B", "SFU")]
    apart = program(ops, [edge("A", "B", 1)], places=2, designated=True)
    found = solved(apart).solution
    assert found is not None
    assert found.start["B"] - found.start["A"] >= 3
    assert found.places["A"] == (0,)
    assert found.places["B"] == (1,)


def test_operations_that_need_a_warp_group() -> None:
    """With single warps an operation takes as many as it needs, and they are its own."""
    single = replace(RAW, warps="single", same="equal")
    ops = [op("A", "TC", 2, warps=2), op("B", "SFU", 2, warps=2)]
    blocking = program(ops, [edge("A", "B", 2, blocking=True)], places=4)
    found = solved(blocking, single).solution
    assert found is not None
    assert found.ii == 2
    assert all(len(places) == 2 for places in found.places.values())
    fewer = solved(replace(blocking, places=3), single).solution
    assert fewer is not None
    assert set(fewer.places["A"]) & set(fewer.places["B"])
    assert fewer.ii == 3  # A must be over when B blocks


def test_what_no_interval_can_schedule_is_infeasible() -> None:
    """Algorithm 1 as printed would run for ever; the order of operations already fails."""
    big = program([op("A", "TC", footprint={"m": 5}), op("B")], [edge("A", "B")], memories={"m": 4})
    outcome = solved(big)
    assert outcome.status == "infeasible"
    assert outcome.steps == ()
    assert outcome.reason is not None
    assert "whatever I" in outcome.reason.summary


def test_a_circuit_without_distance_is_infeasible() -> None:
    """A value that needs itself."""
    outcome = solved(program([op("A"), op("B")], [edge("A", "B"), edge("B", "A")]))
    assert outcome.status == "infeasible"


def test_only_the_load_warp_is_not_enough() -> None:
    """The designated warp takes nothing else, so one warp alone schedules no loop with loads."""
    ops = [op("A", variable_latency=True), op("B")]
    one = program(ops, [edge("A", "B")], places=1, designated=True)
    assert solved(one).status == "infeasible"
    assert solved(one, replace(RAW, variable_latency="if")).status == "optimal"


@pytest.mark.parametrize("seed", range(60))
def test_one_query_settles_a_window(seed: int) -> None:
    """Asking each length, as printed, finds the same I and L as one query and bisection."""
    of, options = random_program(seed)
    one = search(of, replace(options, max_ii=5), clock())
    each = search(of, replace(options, max_ii=5, window="each"), clock())
    assert one.status == each.status
    if one.solution is not None:
        assert each.solution is not None
        assert (one.solution.ii, one.solution.length) == (each.solution.ii, each.solution.length)


def test_no_time_is_unknown() -> None:
    """Without time nothing is said to be impossible."""
    budget = Clock(SolveOptions(time_limit=1e-9), Stop())
    assert search(FIGURE_1, RAW, budget).status == "unknown"


def test_an_interrupted_search_is_unknown() -> None:
    """A stop that was requested ends the search before the next query."""
    stop = Stop()
    stop.request()
    assert search(FIGURE_1, RAW, Clock(SolveOptions(), stop)).status == "unknown"


def test_an_interval_skipped_for_lack_of_work_is_not_called_smallest() -> None:
    """A query that Z3 gave up makes the answer feasible, never optimal."""
    ops = [op(name, "TC" if k % 2 else "SFU", 3, registers=2) for k, name in enumerate("ABCDEFGH")]
    edges = [edge(a, b, 3, blocking=True) for a, b in zip("ABCDEFG", "BCDEFGH", strict=True)]
    hard = program(ops, edges, places=2, register_limit=4)
    full = solved(hard)
    cut = solved(hard, replace(RAW, query_work=max(1, full.phases.work // 50)))
    assert full.status == "optimal"
    assert cut.status in {"feasible", "unknown"}
    assert cut.reason is not None
