"""Timed marked graphs: events that repeat in every iteration, and what each waits for.

An edge says that instance i + ``tokens`` of ``dst`` comes at least ``delay`` cycles after instance
i of ``src``. Nothing else is in the graph, so a program runs forever if and only if every circuit
carries a token, and its period is the largest delay per token of any circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

EdgeKind = Literal["dependence", "data", "stream", "unit", "ring", "barrier", "drain"]
"""Why an event waits: a dependence; a load's data on its way; its turn in a role's stream; its
turn on a unit; a slot of a ring; an arrival; an operation of the role's own under way."""

HANDOFF = "hand-off of "
"""In front of a value: the name of the latency of handing it to another role."""


@dataclass(frozen=True, slots=True)
class Part:
    """``cycles`` of an edge's delay that are a latency which may turn out longer than modelled.

    ``latency``: an asynchronous operation, "hand-off of x", or a barrier.
    """

    latency: str
    cycles: int


@dataclass(frozen=True, slots=True)
class Edge:
    """``dst`` of iteration i + ``tokens`` comes ``delay`` cycles after ``src`` of iteration i.

    ``why`` says it to people. ``parts`` are the latencies in the delay.
    """

    src: str
    dst: str
    delay: int
    tokens: int
    kind: EdgeKind
    why: str
    parts: tuple[Part, ...] = ()

    @property
    def variable(self) -> int:
        """The cycles of the delay that are latencies."""
        return sum(part.cycles for part in self.parts)


@dataclass(frozen=True)
class EventGraph:
    """Edges between events; ``added``: events of synchronisation that the model does not price."""

    edges: tuple[Edge, ...]
    added: tuple[str, ...] = ()

    @cached_property
    def index(self) -> dict[str, int]:
        """A number for every event."""
        names = dict.fromkeys(name for edge in self.edges for name in (edge.src, edge.dst))
        return {name: number for number, name in enumerate(names)}

    @cached_property
    def latencies(self) -> tuple[str, ...]:
        """The latencies that the graph depends on, in order of appearance."""
        return tuple(dict.fromkeys(p.latency for edge in self.edges for p in edge.parts))

    def positive_circuit(self, weights: Sequence[int]) -> list[int] | None:
        """A circuit whose weights, one per edge, sum to more than 0, as numbers of edges."""
        ends = [
            (self.index[edge.src], self.index[edge.dst], weight)
            for edge, weight in zip(self.edges, weights, strict=True)
        ]
        return positive_circuit(len(self.index), ends)

    def walk(self, numbers: Sequence[int]) -> tuple[Edge, ...]:
        """The edges with these numbers."""
        return tuple(self.edges[number] for number in numbers)


def positive_circuit(count: int, edges: Sequence[tuple[int, int, int]]) -> list[int] | None:
    """The edges, in order, of a circuit of positive weight; None where there is none.

    Longest paths from everywhere at once (Bellman and Ford). The edges by which events were
    reached last form a circuit only if it is positive, so looking for one in every pass ends
    early where there is one.
    """
    length = [0] * count
    via = [-1] * count
    for _ in range(count + 1):
        changed = False
        for number, (u, v, weight) in enumerate(edges):
            reached = length[u] + weight
            if reached > length[v]:
                length[v] = reached
                via[v] = number
                changed = True
        if not changed:
            return None
        circuit = _circuit(via, edges)
        if circuit is not None:
            return circuit
    raise AssertionError("paths grow without a circuit")


def _circuit(via: Sequence[int], edges: Sequence[tuple[int, int, int]]) -> list[int] | None:
    """A circuit among the last edges of paths, in the order in which it is walked."""
    seen = [0] * len(via)
    for begin in range(len(via)):
        at = begin
        while via[at] >= 0 and not seen[at]:
            seen[at] = begin + 1
            at = edges[via[at]][0]
        if via[at] >= 0 and seen[at] == begin + 1:
            return _walked(via, edges, at)
    return None


def _walked(via: Sequence[int], edges: Sequence[tuple[int, int, int]], last: int) -> list[int]:
    circuit = [via[last]]
    while edges[circuit[-1]][0] != last:
        circuit.append(via[edges[circuit[-1]][0]])
    return circuit[::-1]
