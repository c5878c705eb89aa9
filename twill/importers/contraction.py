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

from collections.abc import Callable
from dataclasses import replace

from twill.importers.graph import Edge, Graph, Node


def contract(graph: Graph, wanted: Callable[[Node], bool]) -> tuple[Graph, dict[str, str]]:
    """The graph without the wanted operations of no time, and what each went into.

    Operations for which the argument above does not hold are kept.
    """
    gone: dict[str, str] = {}
    for node in graph.nodes:
        if node.takes_time or not wanted(node):
            continue
        source = _source(graph, node)
        if source is not None:
            graph = _without(graph, node, source)
            gone[node.name] = source.name
    return graph, {name: _root(gone, name) for name in gone}


def _source(graph: Graph, node: Node) -> Node | None:
    """The one operation that a node can go into, None where there is none."""
    into = [edge for edge in graph.edges if edge.dst == node.name]
    out = [edge for edge in graph.edges if edge.src == node.name]
    names = {edge.src for edge in into}
    if len(names) != 1 or any(edge.distance or edge.kind != "flow" for edge in into):
        return None
    if all(edge.distance for edge in out):
        return None
    source = graph.node(names.pop())
    late = max(edge.delay for edge in into) > source.latency
    return None if late else source


def _without(graph: Graph, node: Node, source: Node) -> Graph:
    """The graph in which the readers of ``node`` read ``source``."""
    into = [edge for edge in graph.edges if edge.dst == node.name]
    delay = max(edge.delay for edge in into)
    edges: list[Edge] = []
    for edge in graph.edges:
        if edge.src == node.name:
            blocking = _either(edge.blocking, *(e.blocking for e in into))
            joined = replace(edge, src=source.name, delay=delay + edge.delay, blocking=blocking)
            edges.append(joined)
        elif edge.dst != node.name:
            edges.append(edge)
    nodes = tuple(_repointed(n, node, source) for n in graph.nodes if n is not node)
    return replace(graph, nodes=nodes, edges=tuple(edges))


def _repointed(node: Node, gone: Node, source: Node) -> Node:
    """A node whose storage came from what is gone takes that of its source."""
    place = node.in_place
    if place is None or place.op != gone.name:
        return node
    return replace(node, in_place=replace(place, op=source.name))


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
