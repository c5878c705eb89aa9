"""Which of the paper's blind spots does a schedule use? Its answer under sounder accounting.

Each option that repairs the accounting is judged by itself on the found schedule, at the same
normalised costs: what it then breaks is what the paper's accounting admits and should not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twill.problem import Problem
from twill.solver.paper.check import violations
from twill.solver.paper.normalise import scaled
from twill.solver.paper.options import SOUND, PaperOptions
from twill.solver.paper.reading import read_problem
from twill.solver.paper.rounding import Normalisation
from twill.solver.paper.solution import Solution


def admitted(
    problem: Problem,
    options: PaperOptions,
    normalisation: Normalisation | None,
    solution: Solution,
) -> Mapping[str, tuple[str, ...]]:
    """What a solution breaks under each repair that is not in force, by ``option=value``."""
    found: dict[str, tuple[str, ...]] = {}
    for option, value in SOUND.items():
        if option == "copies" or getattr(options, option) == value:
            continue  # more copies admit more schedules; they judge none
        stricter = replace(options, **{option: value})
        program = read_problem(problem, stricter)
        if normalisation is not None:
            program = scaled(program, normalisation)
        broken = violations(program, solution, stricter)
        if broken:
            found[f"{option}={value}"] = broken
    return found
