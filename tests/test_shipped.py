"""The shipped loops on the shipped machines: proved optimal in II, and verified."""

from __future__ import annotations

import pytest

from twill.elaborate import elaborate
from twill.problem import Problem
from twill.schedule import Optimal, Proof
from twill.solver import SolveOptions, solve
from twill.spec.loop import load_loop, shipped_loops
from twill.spec.machine import load_machine, shipped_machines
from twill.verify import verify

PROVED: dict[tuple[str, str], tuple[int, Proof]] = {
    ("figure1", "figure1"): (2, "proved by arithmetic"),
    ("gemm", "a100"): (2364, "proved by arithmetic"),
    ("gemm", "h100"): (1024, "proved by arithmetic"),
    ("gemm", "b200"): (656, "proved by arithmetic"),
    ("flash_attention_forward", "h100"): (2048, "proved by arithmetic"),
    ("flash_attention_forward", "b200"): (3725, "one engine's word"),
    ("flash_attention_backward", "h100"): (2767, "proved by arithmetic"),
    ("flash_attention_backward", "b200"): (2128, "proved by arithmetic"),
}


def shipped(spec: str, machine: str) -> Problem:
    """A shipped loop on a shipped machine, with its defaults."""
    return elaborate(load_loop(spec), load_machine(machine)).problem


def test_every_shipped_file_is_in_the_table() -> None:
    """A new loop or machine must say what is proved of it."""
    assert {spec for spec, _ in PROVED} == set(shipped_loops())
    assert {machine for _, machine in PROVED} == set(shipped_machines())


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("spec", "machine"), list(PROVED))
def test_proved_optimal_and_verified(spec: str, machine: str) -> None:
    """The smallest II, how it is proved, and a schedule that reaches it."""
    problem = shipped(spec, machine)
    outcome = solve(problem, SolveOptions(time_limit=800, levels=()))
    assert isinstance(outcome, Optimal)
    assert (outcome.schedule.ii, outcome.schedule.proof) == PROVED[spec, machine]
    assert verify(problem, outcome.schedule) == ()


def test_figure1_is_the_papers_answer() -> None:
    """II 2, S@0, O@3, length 4, two stages; P@1 and P@2 are both optimal."""
    outcome = solve(shipped("figure1", "figure1"))
    assert isinstance(outcome, Optimal)
    schedule = outcome.schedule
    start = {name: placed.start for name, placed in schedule.ops.items()}
    assert (schedule.ii, schedule.length, schedule.stages) == (2, 4, 2)
    assert (start["S"], start["O"]) == (0, 3)
    assert start["P"] in (1, 2)


def test_forward_attention_on_h100_takes_turns() -> None:
    """Two consumer roles, a sub-tile each, no value handed off but the loads: ping-pong."""
    options = SolveOptions(time_limit=250, levels=("time", "handoff_cost"))
    outcome = solve(shipped("flash_attention_forward", "h100"), options)
    assert isinstance(outcome, Optimal)
    role = {name: placed.role for name, placed in outcome.schedule.ops.items()}
    tiles = [{role[n] for n in role if n.endswith(f"[m{i}]")} for i in (0, 1)]
    assert [len(tile) for tile in tiles] == [1, 1]
    assert tiles[0] != tiles[1]
    assert {handoff.value for handoff in outcome.schedule.handoffs} == {"K", "V"}
