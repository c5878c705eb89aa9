"""What every graph must satisfy before it can mean anything: names, ends of edges, cycles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from twill.diagnostics import Diagnostic, unknown
from twill.importers.curated_model import CuratedEdge, CuratedNode
from twill.importers.ddg_model import DdgEdge, DdgNode
from twill.importers.graph import Place
from twill.spec.nodes import Document

UNITS = ("TMA", "TC", "TMEM", "CUDA", "SFU")
"""The pipelines of both formats; each serves one operation at a time."""

NO_UNIT = "NONE"

UNKNOWN_UNIT = "--allow-unknown takes it as a unit that serves one operation at a time"


ForeignNode = DdgNode | CuratedNode
ForeignEdge = DdgEdge | CuratedEdge


def node_name(node: ForeignNode) -> str:
    """The name that a node gets: the last part of its kind, and its number."""
    last = re.sub(r"[^A-Za-z0-9_]", "_", node.op_kind.rsplit(".", 1)[-1])[:40]
    return f"{last}_{node.id}"


def idle_nodes(nodes: Sequence[ForeignNode]) -> dict[str, tuple[str, ...]]:
    """Per pipeline, the operations that are on it and hold it for no cycle."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        if node.pipeline != NO_UNIT and not node.occupancy:
            found.setdefault(node.pipeline, []).append(node_name(node))
    return {unit: tuple(names) for unit, names in found.items()}


def check_graph(
    document: Document,
    nodes: Sequence[ForeignNode],
    edges: Sequence[ForeignEdge],
    at: Place,
) -> Iterator[Diagnostic]:
    """Everything that keeps nodes and edges from being a graph."""
    first: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if node.id in first:
            other = document.span((*at, "nodes", first[node.id], "id"))
            message = f"two nodes have the id {node.id}; the first at {other.line}:{other.column}"
            yield document.error((*at, "nodes", index, "id"), message)
        first.setdefault(node.id, index)
    ends = list(_ends(document, edges, first, at))
    yield from ends
    if not ends:
        yield from _cycle(document, edges, at)


def unknown_pipelines(
    document: Document, nodes: Sequence[ForeignNode], at: Place
) -> Iterator[Diagnostic]:
    """Pipelines that no format of ours has: perhaps a slip of the pen, perhaps another GPU's."""
    for index, node in enumerate(nodes):
        if node.pipeline not in (*UNITS, NO_UNIT):
            message = unknown("pipeline", node.pipeline, (*UNITS, NO_UNIT))
            yield document.error((*at, "nodes", index, "pipeline"), message, UNKNOWN_UNIT)


def _ends(
    document: Document, edges: Sequence[ForeignEdge], ids: dict[int, int], at: Place
) -> Iterator[Diagnostic]:
    known = f"the ids are {min(ids)} to {max(ids)}" if ids else None
    for index, edge in enumerate(edges):
        for end, number in (("src", edge.src), ("dst", edge.dst)):
            if number not in ids:
                message = f"there is no node {number}"
                yield document.error((*at, "edges", index, end), message, known)


def _cycle(document: Document, edges: Sequence[ForeignEdge], at: Place) -> Iterator[Diagnostic]:
    """A value cannot be read before it is computed, whatever the latencies are."""
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for edge in edges:
        if edge.distance == 0:
            sorter.add(edge.dst, edge.src)
    try:
        sorter.prepare()
    except CycleError as error:
        cycle: list[int] = error.args[1]
        pair = (cycle[0], cycle[1])
        index = next(i for i, e in enumerate(edges) if e.distance == 0 and (e.src, e.dst) == pair)
        shown = " -> ".join(map(str, cycle[:12])) + (" ..." if len(cycle) > 12 else "")
        message = f"reads a value from its own future: {shown} at distance 0"
        hint = "one edge of the cycle must have a distance of at least 1"
        yield document.error((*at, "edges", index), message, hint)
