"""Rings with more slots than the schedule needs, where that hides what a release costs.

The model frees a slot when its last reader has finished; a program needs an arrive, its way to the
load role and a wait for that. Where a ring has no slack, these cycles add to the II; one slot
more, if the memory has it, takes the release off the critical circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from twill.accounting import Usage
from twill.diagnostics import Diagnostic, InputError
from twill.events.ratio import dead_circuit, max_ratio
from twill.events.robust import unit_bound
from twill.lower.events import SyncCosts, program_graph
from twill.lower.lowering import lower, usage_of
from twill.lower.program import WarpProgram
from twill.lower.required import Turn
from twill.problem import Problem
from twill.schedule import Schedule

_NEVER = Fraction(2**40)
"""Cycles of a program for which no period is possible with the orders of the schedule."""


def lower_well(
    problem: Problem, schedule: Schedule, costs: SyncCosts, turns: Sequence[Turn] = ()
) -> WarpProgram:
    """The program of a schedule, with rings of streaming loads as deep as its speed asks for.

    One slot at a time, the one that helps most; none where the program keeps the II. ``turns``:
    as for :func:`twill.lower.lower`.

    :raises InputError: as :func:`twill.lower.lower`, and where the program would hang.
    """
    usage = usage_of(problem, schedule)
    best, deeper = lower(problem, schedule, None, turns), dict[str, int]()
    _refuse_dead(usage, best)
    cycles = _cycles(usage, best, costs)
    while cycles > schedule.ii:
        more = [{**deeper, name: deeper.get(name, 0) + 1} for name in _rings(usage)]
        tried = [_tried(usage, schedule, costs, slots, turns) for slots in more]
        found = min((t for t in tried if t is not None), key=lambda t: t[0], default=None)
        if found is None or found[0] >= cycles:
            return best
        cycles, best, deeper = found
    return best


def _refuse_dead(usage: Usage, program: WarpProgram) -> None:
    """A circuit of events that all wait for each other is told, not emitted."""
    dead = dead_circuit(program_graph(usage, program, None))
    if dead is not None:
        circuit = "; ".join(edge.why for edge in dead)
        message = f"the program of {program.name} would hang: {circuit}"
        hint = "the schedule keeps these apart by time alone; ask for another with --fix-role"
        raise InputError([Diagnostic(message, help=hint)])


def _rings(usage: Usage) -> list[str]:
    """Rings that a load fills ahead of the loop: depth is all that keeps it from running on."""
    return [b.name for b in usage.buffers if usage.problem.op[b.name].streaming]


def _tried(
    usage: Usage,
    schedule: Schedule,
    costs: SyncCosts,
    deeper: dict[str, int],
    turns: Sequence[Turn],
) -> tuple[Fraction, WarpProgram, dict[str, int]] | None:
    """Cycles per iteration with deeper rings; None where the memory does not hold them."""
    try:
        program = lower(usage.problem, schedule, deeper, turns)
    except InputError:
        return None
    return _cycles(usage, program, costs), program, deeper


def _cycles(usage: Usage, program: WarpProgram, costs: SyncCosts) -> Fraction:
    graph = program_graph(usage, program, costs)
    found = max_ratio(graph, least=Fraction(unit_bound(usage.problem)))
    return _NEVER if found.cycles is None else found.cycles
