"""DEPENDENCE, HANDOFF and STAGES, as differences of starts."""

from __future__ import annotations

from twill.solver.smt.space import Space


def add_dependence(space: Space) -> None:
    """DEPENDENCE and HANDOFF: on another role a value arrives later."""
    for d in space.orders:
        reader = space.start[d.dst].plus(d.distance * space.ii)
        source = space.start[d.src]
        space.claim(space.late(reader, source, d.delay))
        if d.kind == "flow":
            later = d.delay + space.problem.op[d.src].handoff.latency
            space.claim(space.same(d.src, d.dst), space.late(reader, source, later))


def add_stages(space: Space) -> None:
    """STAGES: moved in time so that none is negative, all starts are below max_stages * II.

    That is the range of the points; here only the problem without any stage is left to refuse.
    """
    if space.problem.limits.max_stages < 1:
        space.claim()
