"""DEPENDENCE, HANDOFF, STAGES, and the length of a schedule."""

from __future__ import annotations

from twill.solver.cpsat.variables import Space
from twill.solver.symmetry import ordered_pairs


def add_dependence(space: Space) -> None:
    """DEPENDENCE and HANDOFF: a value is there before it is read, wherever it is read."""
    for d in space.dependences:
        reads = space.start[d.dst] + d.distance * space.ii
        written = space.start[d.src] + d.delay
        if d.src == d.dst:
            if d.distance * space.ii < d.delay:
                space.cp.add_bool_or([])
            continue
        space.cp.add(reads >= written)
        latency = space.problem.op[d.src].handoff.latency
        apart = space.apart(d.src, d.dst)
        if d.kind == "flow" and latency and not space.is_false(apart):
            space.cp.add(reads >= written + latency).only_enforce_if(apart)


def add_stages(space: Space) -> None:
    """STAGES: all starts of one iteration within max_stages * II cycles."""
    for start in space.start.values():
        space.cp.add(space.first <= start)
        space.cp.add(start <= space.last)
    limit = space.problem.limits.max_stages * space.ii
    space.cp.add(space.last - space.first <= limit - 1)


def add_length(space: Space) -> None:
    """The length: from the first start to the last result."""
    for op in space.problem.ops:
        latency = 0 if op.streaming else op.latency
        space.cp.add(space.length >= space.start[op.name] + latency - space.first)


def add_exchanges(space: Space) -> None:
    """Of the schedules that exchanges of equal sub-tiles turn into each other, one (lemma 5)."""
    for v, w, _ in ordered_pairs(space.problem):
        space.cp.add(space.start[v] <= space.start[w])
