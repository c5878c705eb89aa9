"""Exchanges of equal operations: found where they are, sound to break, nothing else lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.brute_force import exists
from tests.random_problems import random_problem
from twill.elaborate import elaborate
from twill.problem import Dependence, InPlace, Op, Problem
from twill.schedule import Infeasible, Optimal
from twill.solver import SolveOptions, solve
from twill.solver.cpsat.engine import Run, Way, run
from twill.solver.cpsat.model import build
from twill.solver.symmetry import exchanges, ordered_pairs, representative
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine


def doubled(problem: Problem) -> Problem:
    """Every operation twice, but the first, which both copies share."""
    shared = problem.ops[0].name

    def name(op: str, copy: int) -> str:
        return op if op == shared else f"{op}{copy}"

    def copied(op: Op, copy: int) -> Op:
        place = op.in_place
        if place is not None:
            place = InPlace(name(place.op, copy), place.distance)
        return replace(op, name=name(op.name, copy), in_place=place)

    ops = {o.name: o for op in problem.ops for copy in (0, 1) for o in [copied(op, copy)]}
    place = ops[shared].in_place
    if place is not None and place.op != shared:
        ops[shared] = replace(ops[shared], in_place=None)
    dependences = [
        replace(d, src=name(d.src, copy), dst=name(d.dst, copy))
        for d in problem.dependences
        for copy in (0, 1)
    ]
    labels = {
        name(op, copy): label if op == shared else f"{label}{copy}"
        for op, label in problem.requirements.roles.items()
        for copy in (0, 1)
    }
    return replace(
        problem,
        ops=tuple(ops.values()),
        dependences=tuple(dict.fromkeys(dependences)),
        requirements=replace(problem.requirements, roles=labels, other_than=()),
    )


@pytest.mark.parametrize("batch", range(4))
def test_breaking_the_exchange_of_twins_loses_no_ii(batch: int) -> None:
    """With twins in it a problem has a schedule at an II exactly if trying everything finds one."""
    broken = 0
    for seed in range(batch * 15, (batch + 1) * 15):
        problem = doubled(random_problem(seed, ops=2))
        broken += bool(ordered_pairs(problem))
        for ii in (1, 2, 3):
            result = run(build(problem, ii), Run(60, 1e9, 0, Way(linear=1)))
            assert (result.answer == "optimal") == exists(problem, ii), (seed, ii)
    assert broken > 10


@pytest.mark.parametrize(
    ("spec", "machine", "pairs"),
    [
        ("flash_attention_forward", "h100", {("S[m0]", "S[m1]")}),
        ("gemm", "h100", set()),
    ],
)
def test_sub_tiles_are_exchanged(spec: str, machine: str, pairs: set[tuple[str, str]]) -> None:
    """Two sub-tiles of forward attention are equal; the loads of a multiplication are not."""
    problem = elaborate(load_loop(spec), load_machine(machine)).problem
    assert {(v, w) for v, w, _ in ordered_pairs(problem)} == pairs


def test_an_exchange_moves_all_that_hangs_on_it() -> None:
    """S[m0] with S[m1] takes the whole chains along and leaves the loads."""
    problem = elaborate(load_loop("flash_attention_forward"), load_machine("h100")).problem
    (exchange,) = exchanges(problem)
    assert {name: other for name, other in exchange.items() if name == other} == {
        "K": "K",
        "V": "V",
    }
    assert all(
        other == name.replace("m0", "m1") for name, other in exchange.items() if "m0" in name
    )


def twins(**second: object) -> Problem:
    """A and B, which reads it, twice; ``second`` changes the second A."""
    ops = (Op("A0"), Op("A1"), Op("B0"), Op("B1"))
    ops = (ops[0], replace(ops[1], **second), *ops[2:])  # type: ignore[arg-type]
    dependences = tuple(Dependence(f"A{i}", f"B{i}", 1) for i in (0, 1))
    return Problem("twins", ops, dependences)


def test_what_differs_is_not_exchanged() -> None:
    """Another latency, another delay or a distance between the twins: no exchange."""
    assert len(exchanges(twins())) == 1
    assert exchanges(twins(latency=2)) == []
    changed = replace(twins().dependences[1], distance=1)
    assert exchanges(replace(twins(), dependences=(twins().dependences[0], changed))) == []


def test_a_required_role_may_be_renamed_but_not_split() -> None:
    """Twins on a role each are exchanged with their roles; a required pair stays a pair."""
    apart = replace(twins().requirements, roles={"A0": "x", "B0": "x", "A1": "y", "B1": "y"})
    assert len(exchanges(replace(twins(), requirements=apart))) == 1
    mixed = replace(twins().requirements, roles={"A0": "x", "B0": "x", "A1": "x", "B1": "y"})
    assert exchanges(replace(twins(), requirements=mixed)) == []


def test_the_representative_starts_pairs_in_order() -> None:
    """A schedule whose second twin is first is turned into its mirror image."""
    start, role = {"A0": 5, "A1": 2, "B0": 6, "B1": 4}, {"A0": 1, "A1": 0, "B0": 1, "B1": 0}
    assert representative(twins(), start, role) == (
        {"A0": 2, "A1": 5, "B0": 4, "B1": 6},
        {"A0": 0, "A1": 1, "B0": 0, "B1": 1},
    )


@pytest.mark.parametrize("seed", range(8))
def test_twins_are_solved(seed: int) -> None:
    """The whole search, levels included, ends with a proof on problems with twins."""
    outcome = solve(doubled(random_problem(seed, ops=2)), SolveOptions(60, 0, 1))
    assert isinstance(outcome, Optimal | Infeasible)
    if isinstance(outcome, Optimal):
        assert all(level.proved for level in outcome.schedule.objective)
