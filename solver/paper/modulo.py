"""OPTIMAL-MODULO-SCHEDULE: phase 1, dependences and units only, without memory or warps.

Solved with Twill's own CP-SAT model of a plain modulo-scheduling problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twill.problem import Dependence, Limits, Op, Problem, Unit
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Program

_WORK = 60.0
"""CP-SAT's deterministic units per query."""


@dataclass(frozen=True, slots=True)
class ModuloAnswer:
    """Phase 1 at one I: LEN(M) of the schedule found, None if there is none.

    ``decided``: the answer is proved; without that a missing schedule may exist, and a found
    one may not be the shortest.
    """

    length: int | None
    decided: bool


def as_problem(program: Program, ii: int) -> Problem:
    """A program without memories and warps, with as many stages as any schedule may need.

    With the slots kept, the stages are a longest path: each of at most n - 1 edges on it adds
    its delay and less than I.
    """
    delays = sum(
        max([e.delay for e in program.edges if e.src == op.name], default=0) for op in program.ops
    )
    cycles = max((op.cycles for op in program.ops), default=0)
    return Problem(
        name=program.name,
        ops=tuple(
            Op(
                op.name,
                {unit: runs for unit, runs in op.uses.items() if runs},
                0,
                max(1, op.cycles),
            )
            for op in program.ops
        ),
        dependences=tuple(Dependence(e.src, e.dst, e.delay, e.distance) for e in program.edges),
        units=tuple(Unit(name, amount) for name, amount in program.units.items()),
        limits=Limits(max_stages=len(program.ops) + (delays + cycles) // ii + 1),
    )


def least_ii(program: Program) -> int | None:
    """The bound by arithmetic below which phase 1 fails; None if it fails at every I."""
    least = bounds(as_problem(program, 1)).ii
    fluid = [-(-f.work // f.capacity) for f in program.fluids]
    return None if least is None else max([least, *fluid])


def modulo_schedule(program: Program, ii: int, options: PaperOptions, clock: Clock) -> ModuloAnswer:
    """A modulo schedule at ``ii``: with ``length=minimal`` the shortest."""
    from twill.solver.cpsat.engine import Run, Way, run
    from twill.solver.cpsat.model import build

    if any(fluid.work > fluid.capacity * ii for fluid in program.fluids):
        return ModuloAnswer(None, True)
    model = build(as_problem(program, ii), ii)
    if options.length == "minimal":
        model.space.cp.minimize(model.level("length"))
    result = run(model, Run(clock.left, _WORK, clock.options.seed, Way(0)), clock.stop)
    if result.assignment is None:
        return ModuloAnswer(None, result.answer == "infeasible")
    start = result.assignment.start
    length = max(start[op.name] + max(1, op.cycles) for op in program.ops)
    decided: Literal[True, False] = result.answer == "optimal" or options.length == "any"
    return ModuloAnswer(length, decided)
