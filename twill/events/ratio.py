"""Liveness and throughput of an event graph: circuits without tokens, the maximum cycle ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from twill.events.graph import Edge, EdgeKind, EventGraph

PROGRAM: frozenset[EdgeKind] = frozenset(
    ("dependence", "data", "stream", "ring", "barrier", "drain")
)
"""Edges that a program waits for by itself. Whose turn it is on a unit is the hardware's choice."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The most cycles per iteration of any circuit, and the ``circuit``.

    ``cycles`` is None where a circuit takes time but carries no token: then the orders
    contradict each other.
    """

    cycles: Fraction | None
    circuit: tuple[Edge, ...]


def dead_circuit(graph: EventGraph) -> tuple[Edge, ...] | None:
    """A circuit on which everything waits for everything else, or None: the program is live."""
    # A circuit visits no event twice, so with a weight of 1 - tokens * (events + 1) it is
    # positive exactly where it carries no token.
    waits = EventGraph(tuple(edge for edge in graph.edges if edge.kind in PROGRAM))
    more = len(waits.index) + 1
    found = waits.positive_circuit([1 - edge.tokens * more for edge in waits.edges])
    return None if found is None else waits.walk(found)


def max_ratio(
    graph: EventGraph, longer: Fraction = Fraction(0), least: Fraction = Fraction(0)
) -> Ratio:
    """The maximum cycle ratio, exactly; ``least`` where no circuit needs more.

    ``longer``: the fraction by which every latency of the graph is longer than stated. A ratio is
    guessed; a circuit that is positive with it gives the next, larger one (Dinkelbach's method),
    until there is none: the last circuit then has the largest ratio of all.
    """
    found = Ratio(least, ())
    while found.cycles is not None:
        above = _above(graph, longer, found.cycles)
        if above is None:
            break
        tokens = sum(edge.tokens for edge in above)
        found = Ratio(delay_of(above, longer) / tokens if tokens > 0 else None, above)
    return found


def _above(graph: EventGraph, longer: Fraction, ratio: Fraction) -> tuple[Edge, ...] | None:
    """A circuit that needs more cycles per token; in whole numbers, which are exact and fast."""
    per, more = longer.denominator * ratio.denominator, longer.numerator * ratio.denominator
    token = longer.denominator * ratio.numerator
    found = graph.positive_circuit(
        [per * e.delay + more * e.variable - token * e.tokens for e in graph.edges]
    )
    return None if found is None else graph.walk(found)


def delay_of(circuit: Sequence[Edge], longer: Fraction = Fraction(0)) -> Fraction:
    """Cycles once around a circuit, its latencies longer by a fraction."""
    return sum((edge.delay + longer * edge.variable for edge in circuit), Fraction(0))
