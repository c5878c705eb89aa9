"""``curated-ddg-0.2``: reservation tables, footprints, registers and blocking edges, stated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.importers.account import Notes
from twill.importers.checks import (
    NO_UNIT,
    UNITS,
    UNKNOWN_UNIT,
    check_graph,
    idle_nodes,
    unknown_pipelines,
)
from twill.importers.curated_model import CuratedEdge, CuratedFile, CuratedLoop, CuratedNode
from twill.importers.curated_storage import CuratedStorage
from twill.importers.ddg import ENGINES
from twill.importers.foreign import chosen_loop, read_model
from twill.importers.graph import Edge, Graph, Node, Place
from twill.importers.source import Request, Source, note_kinds
from twill.problem import Reservation
from twill.spec.nodes import Document

SCHEMA = "curated-ddg-0.2"


def read_curated(document: Document, request: Request) -> Source:
    """The graph of one loop of a curated file.

    :raises InputError: with everything that is wrong with the file.
    """
    file, errors, harmless = read_model(document, CuratedFile, request.allow_unknown)
    index, wrong = chosen_loop(document, file.loops, request.loop)
    notes = Notes(errors=[*errors, *wrong], not_understood=harmless)
    loop, at = file.loops[index], ("loops", index, "ddg")
    notes.errors += check_graph(document, loop.ddg.nodes, loop.ddg.edges, at)
    notes.unknown(unknown_pipelines(document, loop.ddg.nodes, at), request.allow_unknown)
    for position, node in enumerate(loop.ddg.nodes):
        place: Place = (*at, "nodes", position)
        notes.unknown(_unknown_units(document, node, place), request.allow_unknown)
        notes.errors += _node_errors(document, node, place)
    if not notes.errors:
        notes.errors += _streaming_errors(document, loop, at)
    if notes.errors:
        raise InputError(notes.errors)
    graph = _graph(document, loop, at, request, notes)
    if notes.errors:
        raise InputError(notes.errors)
    _note_file(file, loop, request, notes)
    return Source(graph, notes, SCHEMA, loop.loop_id, {}, idle_nodes(loop.ddg.nodes))


def _unknown_units(document: Document, node: CuratedNode, at: Place) -> Iterator[Diagnostic]:
    for unit in node.rrt:
        if unit not in UNITS:
            message = unknown("unit", unit, UNITS)
            yield document.error((*at, "rrt", unit), message, UNKNOWN_UNIT, key=True)


def _node_errors(document: Document, node: CuratedNode, at: Place) -> Iterator[Diagnostic]:
    """A reservation table that contradicts itself, the occupancy, or what a unit can serve."""
    for unit, amounts in node.rrt.items():
        place = (*at, "rrt", unit)
        for cycle, amount in enumerate(amounts):
            if amount > 1:
                message = f"asks for {amount} of '{unit}' in cycle {cycle}; a unit serves 1"
                yield document.error((*place, cycle), message)
                break
    held = sum(node.rrt.get(node.pipeline, ()))
    if held != node.occupancy and not node.rrt.keys() - {node.pipeline}:
        message = f"an occupancy of {node.occupancy}, but rrt holds {node.pipeline} for {held}"
        yield document.error((*at, "occupancy"), message, "the two say the same; correct one")
    if sum(1 for size in (node.regs, node.smem_footprint, node.tmem_footprint) if size) > 1:
        message = "has a result in more than one of registers, shared and tensor memory"
        yield document.error(at, message)
    if node.streaming and not node.variable_latency:
        yield document.error((*at, "streaming"), "streams and must have variable latency")


def _streaming_errors(document: Document, loop: CuratedLoop, at: Place) -> Iterator[Diagnostic]:
    """Only a load that waits for nothing runs ahead."""
    streaming = {node.id for node in loop.ddg.nodes if node.streaming}
    for index, edge in enumerate(loop.ddg.edges):
        if edge.dst in streaming:
            message = f"node {edge.dst} streams and cannot depend on node {edge.src}"
            yield document.error((*at, "edges", index), message)


def _graph(
    document: Document, loop: CuratedLoop, at: Place, request: Request, notes: Notes
) -> Graph:
    storage = CuratedStorage(loop.ddg)
    names = storage.names
    nodes = [
        _node(storage, node, (*at, "nodes", index)) for index, node in enumerate(loop.ddg.nodes)
    ]
    edges = [
        _edge(storage, edge, (*at, "edges", index)) for index, edge in enumerate(loop.ddg.edges)
    ]
    note_kinds(document, notes, nodes)
    graph = Graph(request.name, tuple(nodes), tuple(edges), loop.trip_count)
    if request.reading == "timing":
        return graph
    for number, message in storage.unclear():
        index = [node.id for node in loop.ddg.nodes].index(number)
        notes.errors.append(document.error((*at, "nodes", index), f"{names[number]}: {message}"))
    return graph if notes.errors else graph.changed(storage.takeovers(nodes))


def _node(storage: CuratedStorage, node: CuratedNode, place: Place) -> Node:
    asynchronous = node.pipeline in ENGINES
    tables = {unit: _reservations(amounts) for unit, amounts in node.rrt.items()}
    return Node(
        name=storage.names[node.id],
        kind=node.op_kind,
        unit=None if node.pipeline == NO_UNIT else node.pipeline,
        latency=node.latency,
        issue=min(1, node.occupancy) if asynchronous else node.occupancy,
        warps=node.min_warps,
        place=place,
        reservations={unit: table for unit, table in tables.items() if table},
        asynchronous=asynchronous,
        variable_latency=node.variable_latency,
        streaming=node.streaming,
        view=storage.view(node),
        result=storage.result(node),
        handoff_latency=node.spill_cost,
    )


def _reservations(amounts: tuple[int, ...]) -> tuple[Reservation, ...]:
    """The runs of cycles in which a unit is held."""
    found = []
    at = 0
    for amount, run in groupby(amounts):
        length = len(list(run))
        if amount:
            found.append(Reservation(at, length, amount))
        at += length
    return tuple(found)


def _edge(storage: CuratedStorage, edge: CuratedEdge, place: Place) -> Edge:
    return Edge(
        src=storage.names[edge.src],
        dst=storage.names[edge.dst],
        delay=edge.latency,
        distance=edge.distance,
        place=place,
        kind=storage.kind(edge),
        blocking=edge.blocking,
    )


def _note_file(file: CuratedFile, loop: CuratedLoop, request: Request, notes: Notes) -> None:
    hashes = [name for name, value in file.curation_source if value is not None]
    if hashes:
        notes.leave("curation_source", ", ".join(hashes), "hashes of what the file was made from")
    if any(node.op_ref for node in loop.ddg.nodes):
        reason = "it names an operation of a dump that is not in this file"
        notes.leave("op_ref", "of every operation", reason)
    others = [other.loop_id for other in file.loops if other is not loop]
    if others:
        listed = ", ".join(map(str, others))
        notes.leave("other loops", listed, "one loop is imported at a time")
    if request.reading != "timing":
        text = "tiles computed before the loop, such as Q of attention, take no memory"
        notes.assume("loop-invariant tiles", text, "the file does not list them")
