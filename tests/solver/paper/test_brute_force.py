"""The Z3 system against every assignment of tiny programs, judged by the literal checker."""

from __future__ import annotations

import pytest

from tests.solver.paper.random_programs import random_program, solutions
from twill.solver.clock import Clock
from twill.solver.options import SolveOptions, Stop
from twill.solver.paper.check import violations
from twill.solver.paper.joint import Joint
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Program
from twill.solver.paper.structure import order_exists

SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (3, 2))
"""I and copies."""


def exists(program: Program, options: PaperOptions, ii: int, length: int) -> bool:
    """Whether any assignment is accepted."""
    return next(solutions(program, options, ii, length), None) is not None


def judged(program: Program, options: PaperOptions, ii: int, copies: int) -> list[bool]:
    """What Z3 says of each length of a window, from its one system; answers are checked."""
    joint = Joint(program, ii, copies, options)
    found = []
    for length in range((copies - 1) * ii + 1, copies * ii + 1):
        answer = joint.ask(length, Clock(SolveOptions(), Stop()))
        assert answer.verdict != "unknown"
        if answer.solution is not None:
            assert violations(program, answer.solution, options) == ()
        found.append(answer.solution is not None)
    return found


@pytest.mark.parametrize("block", range(6))
def test_agrees_with_every_assignment(block: int) -> None:
    """Z3 and enumeration agree on every length, for random programs and readings."""
    for seed in range(block * 20, block * 20 + 20):
        program, options = random_program(seed)
        ii, copies = SHAPES[seed % len(SHAPES)]
        lengths = range((copies - 1) * ii + 1, copies * ii + 1)
        expected = [exists(program, options, ii, length) for length in lengths]
        assert judged(program, options, ii, copies) == expected, (seed, ii, copies)
        # Within a window feasibility is monotone in the length: one query settles it.
        assert expected == sorted(expected), (seed, ii, copies)


def test_a_program_that_has_a_solution_is_never_called_impossible() -> None:
    """The order of operations is refuted only where enumeration finds nothing either."""
    refuted = 0
    for seed in range(300):
        program, options = random_program(seed)
        ii, copies = SHAPES[seed % len(SHAPES)]
        impossible = order_exists(program, options, Clock(SolveOptions(), Stop())) == "unsat"
        refuted += impossible
        if impossible:
            assert not exists(program, options, ii, copies * ii), seed
            assert not exists(program, options, 7, 7), seed
    assert refuted > 10
