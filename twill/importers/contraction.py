"""Taking operations out of a graph without changing what can be scheduled.

An operation that takes no time, holds no unit and has one source in the same iteration can
start as soon as its source allows, so every bound on its readers can be stated on the source.
Let v be that operation, u its source with delay a, and w any reader with delay b at distance
d. If start[v] = start[u] + a, then start[w] + d·II >= start[v] + b says exactly
start[w] + d·II >= start[u] + a + b; an earlier start of v is impossible and a later one only
makes its readers wait longer. Minimal II and length stay the same, provided that a is at most
u's latency (else v would be the last result) and that some reader is in the same iteration
(else v would be the last start, which the limit on stages counts).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from twill.importers.graph import Graph, Node


def contract(graph: Graph, wanted: Callable[[Node], bool]) -> tuple[Graph, dict[str, str]]:
    """The graph without the wanted operations of no time, and what each went into.

    Operations for which the argument above does not hold are kept.
    """
    work = _Work(graph)
    gone: dict[str, str] = {}
    for node in graph.nodes:
        if node.takes_time or not wanted(node):
            continue
        source = work.source(node.name)
        if source is not None:
            work.join(node.name, source)
            gone[node.name] = source
    left = {name: _root(gone, name) for name in gone}
    nodes = tuple(_repointed(node, left) for node in graph.nodes if node.name not in gone)
    return replace(graph, nodes=nodes, edges=tuple(work.edges.values())), left


class _Work:
    """The edges during contraction: each keeps its number, and each node knows its own."""

    def __init__(self, graph: Graph) -> None:
        self.latency = {node.name: node.latency for node in graph.nodes}
        self.edges = dict(enumerate(graph.edges))
        self.into: dict[str, list[int]] = defaultdict(list)
        self.out: dict[str, list[int]] = defaultdict(list)
        for number, edge in self.edges.items():
            self.into[edge.dst].append(number)
            self.out[edge.src].append(number)

    def source(self, name: str) -> str | None:
        """The one operation that a node can go into, None where there is none."""
        into = [self.edges[number] for number in self.into[name]]
        names = {edge.src for edge in into}
        if len(names) != 1 or any(edge.distance or edge.kind != "flow" for edge in into):
            return None
        if all(self.edges[number].distance for number in self.out[name]):
            return None
        source = names.pop()
        late = max(edge.delay for edge in into) > self.latency[source]
        return None if late else source

    def join(self, name: str, source: str) -> None:
        """Let the readers of a node read its source."""
        into = [self.edges.pop(number) for number in self.into.pop(name)]
        self.out[source] = [number for number in self.out[source] if number in self.edges]
        delay = max(edge.delay for edge in into)
        for number in self.out.pop(name):
            edge = self.edges[number]
            blocking = _either(edge.blocking, *(e.blocking for e in into))
            later = delay + edge.delay
            self.edges[number] = replace(edge, src=source, delay=later, blocking=blocking)
            self.out[source].append(number)


def _repointed(node: Node, gone: dict[str, str]) -> Node:
    """A node whose storage came from what is gone takes that of what it went into."""
    place = node.in_place
    if place is None or place.op not in gone:
        return node
    return replace(node, in_place=replace(place, op=gone[place.op]))


def _either(*blocking: bool | None) -> bool | None:
    """Whether any of several edges in a row blocks; None where none says."""
    if any(blocking):
        return True
    return None if None in blocking else False


def _root(gone: dict[str, str], name: str) -> str:
    """What is left of an operation after all contractions."""
    while name in gone:
        name = gone[name]
    return name
