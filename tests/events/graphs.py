"""Random event graphs, and what is true of them by looking at every simple circuit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from twill.events.graph import Edge, EventGraph, Part


def random_graph(seed: int) -> EventGraph:
    """A few events with edges in all directions; most are live."""
    rng = random.Random(seed)  # noqa: S311  # not for cryptography
    names = "abcdef"[: rng.randint(1, 6)]
    edges = []
    for number in range(rng.randint(1, 3 * len(names))):
        src, dst = rng.choice(names), rng.choice(names)
        tokens = rng.choice([0, 1, 1, 2]) if src < dst else rng.choice([1, 1, 2, 3])
        tokens -= rng.random() < 0.1
        delay = rng.randint(-3, 12)
        parts = (Part(f"late {number % 3}", delay),) if delay > 0 and rng.random() < 0.4 else ()
        edges.append(Edge(src, dst, delay, tokens, "dependence", "", parts))
    return EventGraph(tuple(edges))


def circuits(graph: EventGraph) -> Iterator[tuple[Edge, ...]]:
    """Every circuit that visits no event twice."""
    order = sorted(graph.index)
    for begin in order:
        allowed = {name for name in order if name > begin}
        yield from _from(graph, begin, begin, (), allowed)


def _from(
    graph: EventGraph, begin: str, at: str, path: tuple[Edge, ...], allowed: set[str]
) -> Iterator[tuple[Edge, ...]]:
    for edge in graph.edges:
        if edge.src == at and edge.dst == begin:
            yield (*path, edge)
        elif edge.src == at and edge.dst in allowed:
            yield from _from(graph, begin, edge.dst, (*path, edge), allowed - {edge.dst})


def largest_ratio(graph: EventGraph, longer: Fraction = Fraction(0)) -> Fraction | None:
    """The maximum cycle ratio, at least 0; None where it is endless."""
    found = Fraction(0)
    for circuit in circuits(graph):
        tokens = sum(edge.tokens for edge in circuit)
        delay = sum(edge.delay + longer * edge.variable for edge in circuit)
        if tokens <= 0 and delay - found * tokens > 0:
            return None
        if tokens > 0:
            found = max(found, Fraction(delay) / tokens)
    return found
