"""How many stages are enough: lemma 8 of ``docs/problem.md``."""

from __future__ import annotations

from collections.abc import Iterator

from twill.accounting import Buffer, buffers, ceil_div, constraint_dependences, read_end
from twill.problem import Problem

Tie = tuple[str, str, int]
"""Two operations, and the cycles apart beyond which nothing ties one to the other."""


def enough_stages(problem: Problem, ii: int) -> int:
    """Stages such that more of them admit no II = ``ii`` that these do not.

    A schedule in which two operations are further apart than their ties reach has a cut at
    which everything later can move a whole period earlier. What remains spans at most the
    heaviest forest of ties.
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    for u, v, cycles in (*_dependence_ties(problem, ii), *_ring_ties(problem, ii)):
        if u != v and cycles > graph.get_edge_data(u, v, {"weight": 0})["weight"]:
            graph.add_edge(u, v, weight=cycles)
    forest = nx.maximum_spanning_edges(graph, data=True)
    return 1 + ceil_div(sum(int(data["weight"]) for _, _, data in forest), ii)


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
