"""The shipped loops on the shipped machines: proved optimal in II, by certificates that pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twill.check import check
from twill.elaborate import elaborate
from twill.files import write_bundle
from twill.formats import problem_to_json
from twill.formats.canonical import canonical_json, problem_digest, schedule_digest
from twill.problem import Problem
from twill.schedule import Optimal, Proof
from twill.solver import SolveOptions, bounds, solve
from twill.solver.proof.certificate import certificate_files
from twill.spec.loop import load_loop, shipped_loops
from twill.spec.machine import load_machine, shipped_machines
from twill.verify import verify

GALLERY = Path(__file__).resolve().parents[1] / "reports" / "gallery"

PROVED: dict[tuple[str, str], tuple[int, Proof]] = {
    ("figure1", "figure1"): (2, "proved by arithmetic"),
    ("gemm", "a100"): (2364, "proved by arithmetic"),
    ("gemm", "h100"): (1024, "proved by arithmetic"),
    ("gemm", "b200"): (656, "proved by arithmetic"),
    ("flash_attention_forward", "h100"): (2048, "proved by arithmetic"),
    ("flash_attention_forward", "b200"): (3725, "proved by a checked refutation"),
    ("flash_attention_backward", "h100"): (2767, "proved by arithmetic"),
    ("flash_attention_backward", "b200"): (2128, "proved by arithmetic"),
}

REFUTED = {("flash_attention_forward", "b200"): {"deep", "memory"}}
"""Rules that a refutation uses: rings that are too deep for their memory."""


def shipped(spec: str, machine: str) -> Problem:
    """A shipped loop on a shipped machine, with its defaults."""
    return elaborate(load_loop(spec), load_machine(machine)).problem


def test_every_shipped_file_is_in_the_table() -> None:
    """A new loop or machine must say what is proved of it."""
    assert {spec for spec, _ in PROVED} == set(shipped_loops())
    assert {machine for _, machine in PROVED} == set(shipped_machines())


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("spec", "machine"), list(PROVED))
def test_proved_optimal_and_verified(spec: str, machine: str, tmp_path: Path) -> None:
    """The smallest II, how it is proved, a schedule that reaches it, the levels that are proved.

    Nobody's word is needed for the II: a certificate of it passes the checker. The page of the
    gallery is about this problem and this schedule.
    """
    problem = shipped(spec, machine)
    outcome = solve(problem, SolveOptions(time_limit=800))
    assert isinstance(outcome, Optimal)
    assert (outcome.schedule.ii, outcome.schedule.proof) == PROVED[spec, machine]
    assert [level.name for level in outcome.schedule.objective if not level.proved] == []
    assert verify(problem, outcome.schedule) == ()
    assert REFUTED.get((spec, machine), set()) <= rules(problem, outcome, tmp_path)
    page = (GALLERY / f"{spec}-{machine}.html").read_text("utf-8")
    assert f'name="twill:problem" content="{problem_digest(problem)}"' in page, "make gallery"
    assert schedule_digest(outcome.schedule) in page, "not the schedule: make gallery"


def rules(problem: Problem, outcome: Optimal, folder: Path) -> set[str]:
    """The rules that refutations of the certificate use, which the checker accepts."""
    problem_json = canonical_json(problem_to_json(problem))
    write_bundle(folder, {**certificate_files(problem, outcome), "problem.json": problem_json})
    result = check(folder)
    assert result.proof == outcome.schedule.proof
    return {rule for refutation in result.refutations for rule in refutation.axioms}


def tight(subtiles: int, max_roles: int, registers: int) -> Problem:
    """Forward attention on the H100, 64 rows per sub-tile, with few roles and registers."""
    rows = {"M": 64 * subtiles}
    loop = load_loop("flash_attention_forward")
    problem = elaborate(loop, load_machine("h100"), rows, {"M": subtiles}).problem
    assert problem.roles is not None
    budget = replace(problem.roles.registers, max=registers)
    return replace(problem, roles=replace(problem.roles, max_roles=max_roles, registers=budget))


def test_one_warp_group_with_168_registers_cannot_overlap_iterations(tmp_path: Path) -> None:
    """S of the next iteration and P of this one (64 + 32 beside 64 + 6 of 144) never fit together.

    So an iteration ends before the next begins: the II is the length, far above 1024 of the units.
    """
    problem = tight(1, 2, 168)
    outcome = solve(problem, SolveOptions(time_limit=250))
    assert isinstance(outcome, Optimal)
    schedule = outcome.schedule
    assert bounds(problem).ii == 1024
    assert (schedule.ii, schedule.length, schedule.proof) == (
        2206,
        2206,
        "proved by a checked refutation",
    )
    assert verify(problem, schedule) == ()
    assert rules(problem, outcome, tmp_path) >= {"held", "registers"}


def test_two_tiles_with_160_registers_hand_values_over() -> None:
    """With roles to spare the II stays that of the tensor core: more roles share the values."""
    problem = tight(2, 8, 160)
    outcome = solve(problem, SolveOptions(time_limit=250, levels=()))
    assert isinstance(outcome, Optimal)
    assert (outcome.schedule.ii, outcome.schedule.proof) == (2048, "proved by arithmetic")
    assert max(role.registers or 0 for role in outcome.schedule.roles) <= 160


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
