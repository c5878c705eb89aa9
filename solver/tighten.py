"""A schedule with its orders kept and its II made smaller: no search, longest paths alone.

What a schedule decides (roles, who comes before whom on a unit, a stream or in registers, how
many slots a ring has) turns constraints into differences of two starts. The smallest II at
which they have no positive circuit is often far below the one that a search happened to ask for.
What comes out is verified, so that nothing rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from twill.accounting import Usage, ceil_div
from twill.problem import Problem
from twill.solver.bounds import ring_arcs
from twill.solver.circuits import Arc
from twill.solver.cpsat.engine import Assignment
from twill.solver.distances import NOTHING, closed
from twill.solver.holds import holds
from twill.storage import read_end, takes_over


def tightened(problem: Problem, found: Assignment, low: int) -> Assignment | None:
    """The same structure at the smallest II from ``low`` on; None if none below is found.

    Rings and registers are left to the verification at first: often they have room for more.
    """
    usage = Usage(problem, found.ii, found.raw_start, {v: str(r) for v, r in found.role.items()})
    arcs: list[Arc] = []
    for more in ([*_arcs(usage), *_turns(usage)], list(_rings(usage)), list(_lives(usage))):
        arcs += more
        closer = _closer(found, arcs, low)
        if closer is None or holds(problem, closer):
            return closer
    return None


def _closer(found: Assignment, arcs: list[Arc], low: int) -> Assignment | None:
    """The earliest starts at the smallest II that the arcs allow."""
    low, high = low - 1, found.ii
    best: npt.NDArray[np.int64] | None = None
    names = list(found.raw_start)
    while high - low > 1:
        middle = (low + high) // 2
        paths = closed(_direct(names, arcs, middle))
        if paths is None:
            low = middle
        else:
            high, best = middle, paths
    if best is None:
        return None
    starts = best.max(axis=0)
    return Assignment(high, {v: int(at) for v, at in zip(names, starts, strict=True)}, found.role)


def _direct(names: list[str], arcs: list[Arc], ii: int) -> npt.NDArray[np.int64]:
    """The heaviest arc of each pair of operations at an II."""
    index = {name: i for i, name in enumerate(names)}
    direct = np.full((len(names), len(names)), NOTHING, dtype=np.int64)
    np.fill_diagonal(direct, 0)
    ends = [index[arc.src] for arc in arcs], [index[arc.dst] for arc in arcs]
    np.maximum.at(direct, ends, np.array([arc.delay - arc.distance * ii for arc in arcs]))
    return direct


def _arcs(usage: Usage) -> Iterator[Arc]:
    """Dependences with their hand-offs, the stage limit."""
    for d in usage.dependences:
        yield Arc(d.src, d.dst, usage.delay(d), d.distance, d.kind)
    stages = usage.problem.limits.max_stages
    for u in usage.start:
        yield from (Arc(u, v, 1, stages, "stages") for v in usage.start if u != v)


def _rings(usage: Usage) -> Iterator[Arc]:
    """Rings with the slots they have."""
    for ring in usage.buffers:
        if not ring.accumulator:
            yield from ring_arcs(usage.problem, ring.name, dict(ring.members), usage.depth(ring))


@dataclass(frozen=True, slots=True)
class _Span:
    """Something of an operation on the circle: from ``begin`` after its start until all ``ends``.

    An end is cycles after the start of an operation, some iterations later.
    """

    op: str
    begin: int
    ends: tuple[tuple[str, int, int], ...]

    @staticmethod
    def of(op: str, begin: int, end: int) -> _Span:
        """One that ends at a fixed time after the start."""
        return _Span(op, begin, ((op, end, 0),))


def _turns(usage: Usage) -> Iterator[Arc]:
    """What takes turns on a unit or a stream does so in the same order."""
    problem = usage.problem
    for unit in problem.units:
        held = [
            _Span.of(op.name, r.offset, r.offset + r.length)
            for op in problem.ops
            for r in op.reservations.get(unit.name, ())
        ]
        if not unit.fluid:
            yield from _apart(usage, held)
    if not usage.role:
        return
    spans = {}
    for op in problem.ops:
        begin, end = usage.window(op.name)
        at = usage.start[op.name]
        spans[op.name] = _Span.of(op.name, begin - at, end - at)
    blocks = {name for name in spans if usage.blocks(name)}
    for u, v in combinations(spans, 2):
        if usage.role[u] == usage.role[v] and not blocks.isdisjoint((u, v)):
            yield from _apart(usage, [spans[u], spans[v]])


def _lives(usage: Usage) -> Iterator[Arc]:
    """Values of a role that are never in registers together stay so."""
    problem = usage.problem
    lives: dict[str, list[_Span]] = {role: [] for role in usage.role.values()}
    for op in (op for op in problem.ops if lives and op.in_registers):
        ends = [(op.name, op.latency, 0)]
        for d in problem.dependences:
            if d.kind != "flow" or d.src != op.name:
                continue
            reading = read_end(problem, d)
            if not usage.crosses(d):
                ends.append((d.dst, 0 if takes_over(problem, d) else reading, d.distance))
                continue
            ends.append((op.name, op.latency + op.handoff.issue_send, 0))
            lives[usage.role[d.dst]].append(_Span.of(d.dst, 0, reading))
        lives[usage.role[op.name]].append(_Span(op.name, 0, tuple(ends)))
    for spans in lives.values():
        yield from _apart(usage, spans)


def _apart(usage: Usage, spans: list[_Span]) -> Iterator[Arc]:
    """Instances that do not overlap now keep from overlapping, in the order they have."""
    for one, two in combinations(spans, 2):
        yield from _after(usage, one, two)
        yield from _after(usage, two, one)
    for span in spans:
        yield from _after(usage, span, span)


def _after(usage: Usage, one: _Span, two: _Span) -> Iterator[Arc]:
    """The first instance of ``two`` that begins when ``one`` is over, and all later ones."""
    over = max(usage.start[op] + after + late * usage.ii for op, after, late in one.ends)
    rounds = ceil_div(over - usage.start[two.op] - two.begin, usage.ii)
    for op, after, late in one.ends:
        yield Arc(op, two.op, after - two.begin, rounds - late, "turns")
