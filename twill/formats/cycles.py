"""Cycles that no schedule can satisfy, whatever its initiation interval."""

from __future__ import annotations

from twill.problem import Problem


def positive_cycle(problem: Problem) -> tuple[int, ...]:
    """Return a cycle of dependences at distance 0 whose delays sum to more than 0.

    Such a cycle says that an operation starts after itself. The answer holds the indices of
    its dependences in order, or nothing. Bellman-Ford on longest paths.
    """
    edges = [(i, d) for i, d in enumerate(problem.dependences) if d.distance == 0]
    start = dict.fromkeys(problem.op, 0)
    reached: dict[str, int] = {}
    last = ""
    for _ in range(len(start) + 1):
        last = ""
        for index, edge in edges:
            if start[edge.src] + edge.delay > start[edge.dst]:
                start[edge.dst] = start[edge.src] + edge.delay
                reached[edge.dst] = index
                last = edge.dst
        if not last:
            return ()
    return _trace(problem, reached, last)


def _trace(problem: Problem, reached: dict[str, int], name: str) -> tuple[int, ...]:
    """Walk back until inside the cycle, then once around it."""
    for _ in problem.ops:
        name = problem.dependences[reached[name]].src
    cycle = [reached[name]]
    while problem.dependences[cycle[-1]].src != name:
        cycle.append(reached[problem.dependences[cycle[-1]].src])
    return tuple(reversed(cycle))


def storage_cycle(problem: Problem) -> tuple[str, ...]:
    """Return operations that take each other's storage within one iteration, or nothing."""
    taken = {o.name: o.in_place.op for o in problem.ops if o.in_place and not o.in_place.distance}
    done: set[str] = set()
    for first in taken:
        walk: list[str] = []
        name = first
        while name in taken and name not in done and name not in walk:
            walk.append(name)
            name = taken[name]
        if name in walk:
            return tuple(walk[walk.index(name) :])
        done.update(walk)
    return ()
