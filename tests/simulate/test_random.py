"""Programs of small random problems: what the lowering calls right survives every adversary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.random_problems import random_problem
from twill.diagnostics import InputError
from twill.lower import confused_phases, lower, missing_orderings
from twill.problem import Op, Problem
from twill.simulate import Request, simulate
from twill.simulate.values import Symbols
from twill.solver import solve
from twill.solver.options import SolveOptions


@pytest.mark.parametrize("seed", [*range(120), 286])
def test_random_programs_survive(seed: int) -> None:
    """Hand-offs, rings, streaming loads, engines, wide and narrow roles, any trip count."""
    problem = tamed(random_problem(seed, 3 + seed % 3))
    schedule = getattr(solve(problem, SolveOptions(proof_limit=0)), "schedule", None)
    if problem.roles is None or schedule is None:
        return
    try:
        program = lower(problem, schedule)
    except InputError:
        return
    assert missing_orderings(problem, schedule, program) == ()
    assert confused_phases(problem, schedule, program) == ()
    for trips in (1, 12):
        found = simulate(problem, program, Symbols(), Request(trips, runs=3))
        assert found.findings == ()


def tamed(problem: Problem) -> Problem:
    """Without what no machine does, and storage that circulates.

    One warp cannot start an engine that works on the registers of others; a share of a warp and
    an operation of one warp do not queue in one line.
    """
    return replace(
        problem,
        ops=tuple(_tamed(op) for op in problem.ops),
        dependences=tuple(d for d in problem.dependences if d.kind == "flow"),
    )


def _tamed(op: Op) -> Op:
    """Engines are fed by all warps of a role, or all by one."""
    warps = 1 if op.variable_latency else 2 if op.asynchronous else op.warps
    return replace(op, in_place=None, warps=warps)
