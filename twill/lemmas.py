"""Facts about the problem that searches and proofs rely on; proved in ``docs/problem.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twill.accounting import ceil_div
from twill.problem import Problem
from twill.storage import Buffer, buffers, constraint_dependences, read_end

Tie = tuple[str, str, int]
"""Two operations, and the cycles apart beyond which nothing ties one to the other."""


def monotone(problem: Problem) -> bool:
    """Lemma 1: whether feasibility at a fixed number of stages carries over from II to II + 1.

    It does where every operation holds each unit in one interval from its start on and no
    delay is negative: an idle slot can then be inserted. Otherwise it need not.
    """
    return all(d.delay >= 0 for d in problem.dependences) and all(
        len(reserved) <= 1 and all(r.offset == 0 for r in reserved)
        for op in problem.ops
        for unit, reserved in op.reservations.items()
        if not problem.unit[unit].fluid
    )


def horizon(problem: Problem) -> int:
    """Lemma 3: an II such that a problem infeasible there is infeasible at every larger II.

    Above it some slot of the period is idle for every operation and can be removed.
    """
    incoming: dict[str, int] = {op.name: 0 for op in problem.ops}
    outgoing: dict[str, int] = {op.name: 0 for op in problem.ops}
    reading: dict[str, int] = {op.name: 0 for op in problem.ops}
    for d in problem.dependences:
        handoff = problem.op[d.src].handoff
        incoming[d.dst] += max(handoff.issue_receive, handoff.issue_wait)
        outgoing[d.src] = max(outgoing[d.src], d.delay + handoff.latency)
        reading[d.dst] = max(reading[d.dst], d.read_until or 0)
    total = 0
    for op in problem.ops:
        ends = [r.offset + r.length for rs in op.reservations.values() for r in rs]
        after = max([op.issue + op.handoff.issue_send, op.latency + op.handoff.issue_send, *ends])
        total += incoming[op.name] + max(after, outgoing[op.name], reading[op.name])
        total += op.latency if op.streaming else 0
    return max(total, 1) + 1


def enough_stages(problem: Problem, ii: int) -> int:
    """Lemma 8: stages such that more of them admit no II = ``ii`` that these do not.

    A schedule in which two operations are further apart than their ties reach has a cut at
    which everything later can move a whole period earlier. What remains spans at most the
    heaviest forest of ties.
    """
    ties = [*_dependence_ties(problem, ii), *_ring_ties(problem, ii)]
    return 1 + ceil_div(_heaviest_forest(ties), ii)


def _heaviest_forest(ties: Iterable[Tie]) -> int:
    """The weight of the heaviest forest of positive ties (Kruskal: heaviest first, no circuit)."""
    tree: dict[str, str] = {}

    def root(name: str) -> str:
        while name in tree:
            name = tree[name]
        return name

    weight = 0
    for u, v, cycles in sorted(ties, key=lambda tie: -tie[2]):
        ends = root(u), root(v)
        if cycles > 0 and ends[0] != ends[1]:
            tree[ends[0]] = ends[1]
            weight += cycles
    return weight


def _dependence_ties(problem: Problem, ii: int) -> Iterator[Tie]:
    """A reader a period earlier may come too soon; a value may not live a period longer."""
    for d in constraint_dependences(problem):
        flows = d.kind == "flow"
        later = problem.op[d.src].handoff.latency if flows and problem.roles is not None else 0
        yield d.src, d.dst, d.delay + later - d.distance * ii + ii - 1
        if flows:
            yield d.src, d.dst, d.distance * ii - d.delay


def _ring_ties(problem: Problem, ii: int) -> Iterator[Tie]:
    """Of results that share a slot, one may not begin so early that the slot lives longer.

    One period of life is always there.
    """
    for ring in buffers(problem):
        if ring.accumulator:
            continue
        for name, lag in ring.members.items():
            op = problem.op[name]
            early = op.latency if op.streaming else 0
            for end, cycles in _ends(problem, ring, ii):
                yield end, name, cycles - lag * ii + early - 1


def _ends(problem: Problem, ring: Buffer, ii: int) -> Iterator[tuple[str, int]]:
    """What ends a slot's life: operations, and the cycles from their start to that end."""
    for name, lag in ring.members.items():
        op = problem.op[name]
        yield name, lag * ii + (0 if op.streaming else op.latency)
        for d in problem.dependences:
            if d.kind == "flow" and d.src == name:
                yield d.dst, (lag + d.distance) * ii + read_end(problem, d)
