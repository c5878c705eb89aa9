"""The programs of the shipped pairs: right values whatever happens, and as fast as promised."""

from __future__ import annotations

import math
from functools import cache

import pytest

from tests.lower.shipped import PAIRS, solved
from tests.simulate.mutants import mutants
from twill.elaborate import Elaboration
from twill.lower import WarpProgram, confused_phases, lower, missing_orderings
from twill.schedule import Schedule
from twill.simulate import Request, Simulation, simulate
from twill.simulate.known import arrays_for, compare
from twill.simulate.values import Symbols, tiles_of

pairs = pytest.mark.parametrize(("loop", "machine"), PAIRS)

TRIPS = 30


@cache
def lowered(loop: str, machine: str) -> tuple[Elaboration, Schedule, WarpProgram]:
    """A pair with its program."""
    made, schedule = solved(loop, machine)
    return made, schedule, lower(made.problem, schedule)


@cache
def simulated(loop: str, machine: str) -> Simulation:
    """Every kind of run, on numbers."""
    made, _, program = lowered(loop, machine)
    size = dict.fromkeys(made.parameters, 16)
    scale = math.log2(math.e) / 4
    arrays = arrays_for(loop, tiles_of(made, size), scale, 7, TRIPS)
    found = simulate(made.problem, program, arrays, Request(TRIPS, runs=8))
    assert [c for c in compare(loop, arrays, found.results, TRIPS) if not c.holds] == []
    return found


@pairs
def test_nothing_goes_wrong(loop: str, machine: str) -> None:
    """Fixed, random and adversarial latencies: every value is that of the loop in order."""
    found = simulated(loop, machine)
    assert found.findings == ()
    assert len(found.results) == TRIPS * len(lowered(loop, machine)[0].problem.ops)
    assert {e.kind for e in found.executions} == {"fixed", "random", "adversarial"}


@pairs
@pytest.mark.parametrize("trips", range(8))
def test_any_trip_count(loop: str, machine: str, trips: int) -> None:
    """None, one, fewer than the stages, more: also when an adversary is at work."""
    made, _, program = lowered(loop, machine)
    found = simulate(made.problem, program, Symbols(), Request(trips, runs=2))
    assert found.findings == ()


@pytest.mark.slow
@pairs
def test_every_mutant_is_caught_or_redundant(loop: str, machine: str) -> None:
    """Whatever is taken away, an adversary finds it, or all that must be in order still is."""
    made, schedule, program = lowered(loop, machine)
    symbols, request = Symbols(), Request(10, mode="adversarial", stop=True)
    unnoticed = []
    for what, mutant in mutants(program):
        missing = missing_orderings(made.problem, schedule, mutant)
        if not missing and not confused_phases(made.problem, schedule, mutant):
            continue
        if not simulate(made.problem, mutant, symbols, request).findings:
            unnoticed.append(what)
    assert unnoticed == []


AS_PROMISED = [(loop, machine) for loop, machine in PAIRS if loop != "flash_attention_backward"]


@pytest.mark.parametrize(("loop", "machine"), AS_PROMISED)
def test_it_is_as_fast_as_promised(loop: str, machine: str) -> None:
    """Cycles per iteration in the steady state are at most the schedule's II."""
    found = simulated(loop, machine)
    assert found.cycles_per_iteration is not None
    assert found.cycles_per_iteration <= found.ii


@pytest.mark.parametrize("machine", ["a100", "h100", "b200"])
def test_gemm_takes_exactly_its_initiation_interval(machine: str) -> None:
    """One unit, or one stream, is busy all the time: nothing could make it faster."""
    found = simulated("gemm", machine)
    assert found.cycles_per_iteration == found.in_schedule_order == found.ii


def test_what_the_order_of_arrival_costs() -> None:
    """Backward attention: several roles feed one tensor core, which takes what comes first.

    On one machine at least that is worse than the schedule's order, in which each is as fast as
    promised, but for a sync that on b200 waits for more than its first reader needs.
    """
    found = [simulated("flash_attention_backward", machine) for machine in ("h100", "b200")]
    costly = []
    for simulation in found:
        assert simulation.cycles_per_iteration is not None
        assert simulation.in_schedule_order is not None
        assert simulation.in_schedule_order <= 1.01 * simulation.ii
        costly.append(simulation.in_schedule_order < simulation.cycles_per_iteration)
    assert any(costly)
