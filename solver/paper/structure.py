"""Can Algorithm 1 terminate? Whether any order of the operations fits warps and memories.

The paper's loop runs for ever on a program that no I can schedule. Durations do not matter for
that: from a schedule of one copy alone keep only the order of its starts (equal starts stay
equal), two cycles apart, and it is a schedule of the program in which every positive time is one
cycle (a delay and a spill add up to two) and a unit is held in the first cycle only. There are at
most n different starts, so one query with I = L = 2n refutes every I.
"""

from __future__ import annotations

from dataclasses import replace

from twill.problem import Reservation
from twill.solver.clock import Clock
from twill.solver.paper.joint import Joint
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import PaperOp, Program
from twill.solver.paper.solution import Verdict


def order_exists(program: Program, options: PaperOptions, clock: Clock) -> Verdict:
    """Whether one copy alone has a schedule; ``unsat`` means that no I has one."""
    cycles = max(1, 2 * len(program.ops))
    literal = replace(options, edges="emitted", liveness="program", release="issue")
    return Joint(_units(program, options), cycles, 1, literal).ask(cycles, clock).verdict


def _units(program: Program, options: PaperOptions) -> Program:
    # In the steady state a carried value may die before the iteration that made it ends.
    kept = [e for e in program.edges if e.distance == 0 or options.liveness == "program"]
    return replace(
        program,
        ops=tuple(_unit(op) for op in program.ops),
        edges=tuple(replace(e, delay=min(e.delay, 1), reading=0) for e in kept),
        fluids=(),
    )


def _unit(op: PaperOp) -> PaperOp:
    first = {
        unit: sum(run.amount for run in runs if run.offset == 0) for unit, runs in op.uses.items()
    }
    return replace(
        op,
        cycles=min(op.cycles, 1),
        issue=min(op.issue, 1),
        spill=min(op.spill, 1),
        uses={unit: (Reservation(0, 1, amount),) for unit, amount in first.items() if amount},
    )
