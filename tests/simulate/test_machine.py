from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.simulate.hand_made import ADD, LOAD, PROBLEM, found, program, run
from twill.lower.events import SyncCosts
from twill.lower.program import Arrive, Barrier, Run, Signal
from twill.simulate import Request, simulate
from twill.simulate.latencies import Adversary, Random
from twill.simulate.machine import Machine
from twill.simulate.values import Source, Symbol, Symbols, Value


def starts(machine: Machine, op: str, trips: int) -> list[int]:
    """When an operation began, by iteration."""
    return [machine.trace.ops[op, i][0] for i in range(trips)]


def test_two_slots_by_hand() -> None:
    """A copy takes 100 cycles and its slot is read for 50: two slots give 150 per two iterations.

    Copy 1 queues behind copy 0's 40 cycles of the engine. Sum 1 waits for sum 0's result (60).
    """
    machine = run(program(2), 7)
    assert starts(machine, "tile", 7) == [0, 40, 150, 210, 300, 360, 450]
    assert starts(machine, "sum", 7) == [100, 160, 250, 310, 400, 460, 550]


def test_three_slots_by_hand() -> None:
    """With three slots the sums, each 60 cycles after the one before, are what takes the time."""
    machine = run(program(3), 8)
    assert starts(machine, "sum", 8)[2:] == [220, 280, 340, 400, 460, 520]


def test_a_wait_takes_its_cycles_of_the_stream() -> None:
    """A sum that need not wait for its tile begins 5 cycles after the stream is free."""
    slow = replace(PROBLEM, ops=(PROBLEM.ops[0], replace(PROBLEM.ops[1], issue=60)))
    machine = Machine(slow, program(4), Symbols(), 8)
    machine.run()
    first, *_, before, last = starts(machine, "sum", 8)
    assert (first, last - before) == (100, 65)


def test_what_the_schedule_has_not_priced_takes_its_cycles() -> None:
    """The release of a slot: an arrival (7), its way less the wait (20 - 11), the wait (11).

    Sum 0 has read at 150; copy 2 begins at 150 + 9 + 11. The stream of the sums is free at 157, so
    that sum 1, with its wait of 5, begins at 162 and not when it has the result of sum 0 (160).
    """
    costs = SyncCosts(arrive=7, wait=11, sync=13, one_way=20)
    machine = Machine(PROBLEM, program(2), Symbols(), 4, None, costs)
    machine.run()
    assert starts(machine, "tile", 4) == [0, 40, 170, 232]
    assert starts(machine, "sum", 4) == [100, 162, 270, 332]


@pytest.mark.parametrize("trips", range(7))
@pytest.mark.parametrize("slots", [1, 2, 3])
def test_nothing_goes_wrong_at_any_trip_count(trips: int, slots: int) -> None:
    """A right program survives every adversary, and computes what the loop in order does."""
    simulation = simulate(PROBLEM, program(slots), Symbols(), Request(trips, runs=3))
    assert simulation.findings == ()
    assert len(simulation.results) == 2 * trips


def test_speed_is_measured_in_the_steady_state() -> None:
    """75 cycles per iteration with two slots, 60 with three; the copy engine is busy for 40."""
    for slots, cycles in ((2, 75), (3, 60)):
        simulation = simulate(PROBLEM, program(slots), Symbols(), Request(40, "fixed"))
        assert simulation.cycles_per_iteration == cycles
        assert simulation.busy == {"copy": pytest.approx(40 / cycles)}


def test_too_few_iterations_have_no_steady_state() -> None:
    """No figure is better than one of prologue and epilogue."""
    simulation = simulate(PROBLEM, program(), Symbols(), Request(4, "fixed"))
    assert simulation.cycles_per_iteration is None


def test_reading_before_the_tile_is_there() -> None:
    """Without the wait the sum reads a slot that the copy engine still writes, or before that."""
    kinds = {(f.kind, f.role) for f in found(program(add=ADD[1:]))}
    assert kinds == {("read too early", "add")}
    finding = found(program(add=ADD[1:]))[0]
    assert finding.where == "sum of iteration 0"
    assert finding.message == "tile of iteration 0 is still being written"
    assert finding.help == (
        "a wait in front of sum, for a barrier on which tile arrives, would help"
    )


def test_reading_the_tile_of_another_iteration() -> None:
    """A wait for the iteration before is the wrong wait, and is named as such."""
    late = replace(ADD[0], lag=1)
    finding = found(program(add=(late, *ADD[1:])))[0]
    assert finding.kind == "read too early"
    assert finding.help == "the wait for tile.full in front of sum does not see to it"


def test_overwriting_a_slot_that_is_still_read() -> None:
    """Without its wait the copy engine runs ahead and round the ring."""
    finding = found(program(load=LOAD[1:]))[0]
    assert (finding.kind, finding.role, finding.where) == (
        "overwritten too early",
        "load",
        "tile of iteration 2",
    )
    assert finding.message == (
        "slot 0 of the ring of tile holds tile of iteration 0,"
        " which sum of iteration 0 still has to read"
    )
    assert "or more slots than 2" in finding.help


def test_one_slot_less_than_the_waits_are_for() -> None:
    """Waits for two slots, and one slot: the second copy lands on the first."""
    one = replace(program(2), rings=(replace(program(2).rings[0], slots=1),))
    assert {f.kind for f in found(one)} == {"overwritten too early"}


def test_an_arrival_that_is_missing_hangs() -> None:
    """Who waits for what, and who has not arrived, is told."""
    findings = found(program(add=ADD[:2]))
    assert {f.kind for f in findings} == {"hang"}
    assert findings[0].message.startswith(
        "nobody can go on: load (warp 0) stands before the wait for tile.empty of iteration 0 in"
        " front of tile, not arrived: add (warp 0), add (warp 1)"
    )


def test_a_signal_that_is_missing_hangs() -> None:
    """An engine that does not arrive is named too."""
    silent = (LOAD[0], Run("tile", 0, 0))
    message = found(program(load=silent))[0].message
    assert "add (warp 1) stands before the wait for tile.full of iteration 0" in message
    assert "not arrived: the engine of tile" in message


def test_only_some_warps_are_counted() -> None:
    """A barrier that does not count the consumers cannot take their arrivals."""
    made = program()
    full, empty = made.barriers
    uncounted = replace(made, barriers=(full, replace(empty, roles=(), engines=("sum",))))
    finding = found(uncounted)[0]
    assert finding.kind == "arrival out of turn"
    assert "not among those that the barrier counts" in finding.message


def test_an_arrival_before_its_turn() -> None:
    """Two arrivals for one phase: the second would complete it for another iteration."""
    twice = (*ADD[:2], Arrive("tile.empty", 0, 0, "sum"), Arrive("tile.empty", 0, 0, "sum"))
    finding = found(program(add=twice))[0]
    assert (finding.kind, finding.role) == ("arrival out of turn", "add")
    assert finding.message == (
        "add (warp 0) arrives for iteration 0, but phase 0 of its mbarrier is not its turn"
    )


def test_too_few_mbarriers_confuse_a_late_warp() -> None:
    """One mbarrier for two slots: a late warp sees the parity of the phase after next."""
    findings = found(program(2, mbarriers=1), trips=8)
    assert "phases confused" in {f.kind for f in findings}
    finding = next(f for f in findings if f.kind == "phases confused")
    assert "the parity is that of another phase" in finding.message


def test_a_late_warp_is_found_out() -> None:
    """Warps of one role read the slot by themselves: each has to arrive."""
    first_only = replace(program(), barriers=(
        program().barriers[0], Barrier("tile.empty", 2, engines=("tile",)),
    ))  # fmt: skip
    load = (LOAD[0], Run("tile", 0, 0, (Signal("tile.full"), Signal("tile.empty"))))
    made = replace(first_only, roles=(
        replace(first_only.roles[0], body=load), replace(first_only.roles[1], body=ADD[:2]),
    ))  # fmt: skip
    run(made, 2, Adversary("warp 0 late", role="add", warp=0))
    kinds = {f.kind for f in found(made)}
    assert kinds == {"overwritten too early"}


def test_random_latencies_are_the_same_for_a_seed() -> None:
    """A run can be repeated."""
    ends = [run(program(), 9, Random(seed=seed)).now for seed in (3, 3, 4)]
    assert ends[0] == ends[1] != ends[2]


def test_a_run_ends_with_its_last_result() -> None:
    """Two sums of 60 cycles, the first begun when its tile was there."""
    assert run(program(), 2).end == 100 + 60 + 60


def test_an_operation_that_is_missing() -> None:
    """A program that leaves an operation out does not come to its values."""
    simulation = simulate(PROBLEM, program(add=(ADD[0], ADD[2])), Symbols(), Request(2))
    finding = simulation.findings[0]
    assert (finding.kind, finding.where) == ("wrong value", "sum of iteration 0")
    assert finding.message == "its value is missing"


def test_another_value_than_in_program_order() -> None:
    """Every value is compared, also where no slot held anything wrong."""
    simulation = simulate(PROBLEM, program(2), Swapping(), Request(3, "fixed"))
    assert {f.kind for f in simulation.findings} == {"wrong value"}


class Swapping(Symbols):
    """Values that come out differently the second time they are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[tuple[str, int], int] = {}

    def result(self, name: str, iteration: int, operands: Mapping[Source, Value]) -> Symbol:
        """As it is the first time, then that of the next iteration."""
        times = self.asked[name, iteration] = self.asked.get((name, iteration), 0) + 1
        return super().result(name, iteration + (times > 1), operands)
