"""A problem with longer asynchronous and hand-off latencies, and what bounds its period."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor

from twill.events.schedule import is_late, varies
from twill.problem import Dependence, Op, Problem
from twill.storage import implied_dependences, read_end


def longer(problem: Problem, fraction: Fraction) -> Problem:
    """The problem with every such latency longer by a fraction, rounded down.

    Where reading is over is said for every reader, and only loads keep their latency in
    ``latency``, so that the length is counted as before. A reader that holds back the next writer
    by more than that writer's engine does is over later; where the engine takes both in turn that
    order is all there is, and the end stays, which asks too little of rings, never too much.
    """
    in_turn = {
        d.src for d in implied_dependences(problem) if d.kind == "anti" and not varies(problem, d)
    }

    def grown(cycles: int) -> int:
        return floor(cycles * (1 + fraction)) if cycles > 0 else cycles

    def operation(op: Op) -> Op:
        handoff = replace(op.handoff, latency=grown(op.handoff.latency))
        latency = grown(op.latency) if op.streaming else op.latency
        return replace(op, handoff=handoff, latency=latency)

    def dependence(d: Dependence) -> Dependence:
        end = read_end(problem, d)
        return replace(
            d,
            delay=grown(d.delay) if varies(problem, d) else d.delay,
            read_until=grown(end) if is_late(problem.op[d.dst]) and d.dst not in in_turn else end,
        )

    return replace(
        problem,
        ops=tuple(operation(op) for op in problem.ops),
        dependences=tuple(dependence(d) for d in problem.dependences),
    )


def without_registers(problem: Problem) -> Problem:
    """What holds for starts in which orders, roles and rings are kept, and nothing else is.

    No limits on registers. Of a unit that serves several operations at once only the sum counts.
    """
    roles = problem.roles
    if roles is not None:
        roles = replace(roles, register_file=None)
    units = tuple(replace(unit, fluid=unit.fluid or unit.capacity > 1) for unit in problem.units)
    return replace(problem, roles=roles, units=units)
