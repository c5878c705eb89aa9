"""Schedules of the shipped pairs, solved once per session."""

from __future__ import annotations

from functools import cache

from twill.elaborate import Elaboration, elaborate
from twill.schedule import Schedule
from twill.solver import solve
from twill.solver.levels import level_names
from twill.solver.options import SolveOptions
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

PAIRS = (
    ("gemm", "h100"),
    ("gemm", "b200"),
    ("gemm", "a100"),
    ("flash_attention_forward", "h100"),
    ("flash_attention_forward", "b200"),
    ("flash_attention_backward", "h100"),
    ("flash_attention_backward", "b200"),
)


@cache
def solved(loop: str, machine: str) -> tuple[Elaboration, Schedule]:
    """A shipped loop on a shipped machine, with the schedule that 'solve' finds."""
    made = elaborate(load_loop(loop), load_machine(machine))
    outcome = solve(made.problem, SolveOptions(proof_limit=0))
    return made, outcome.schedule  # type: ignore[union-attr]


@cache
def fragile(loop: str, machine: str) -> tuple[Elaboration, Schedule]:
    """A pair with the schedule that is best when nobody asks how robust it is."""
    made = elaborate(load_loop(loop), load_machine(machine))
    levels = tuple(name for name in level_names(made.problem) if name != "robustness")
    outcome = solve(made.problem, SolveOptions(proof_limit=0, levels=levels))
    return made, outcome.schedule  # type: ignore[union-attr]
