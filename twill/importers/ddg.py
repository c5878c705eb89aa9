"""``ddg-0.1``: the dependence graph that the compiler dumps before it schedules a loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.importers.account import Notes, Reading
from twill.importers.checks import NO_UNIT, check_graph, idle_nodes, node_name, unknown_pipelines
from twill.importers.ddg_model import DdgEdge, DdgFile, DdgLoop, DdgNode
from twill.importers.ddg_notes import note_dump
from twill.importers.ddg_storage import MEMORY_KINDS, Storage
from twill.importers.ddg_values import REGISTER_VIEWS, TILE_LOADS, Values
from twill.importers.foreign import chosen_loop, read_model
from twill.importers.graph import SHARED, TENSOR, Edge, Graph, Node, Place
from twill.importers.source import Request, Source, known_kind, note_kinds
from twill.importers.types import TypeName
from twill.problem import DependenceKind, Reservation
from twill.spec.nodes import Document

SCHEMA = "ddg-0.1"
ENGINES = ("TMA", "TC")
"""Pipelines that complete on their own: an operation only starts them."""

INNER_LOOP = "inner_loop"
"""The unit of a node that stands for a whole inner loop."""


def read_ddg(document: Document, request: Request) -> Source:
    """The graph of one loop of a dump.

    :raises InputError: with everything that is wrong with the file.
    """
    file, errors, harmless = read_model(document, DdgFile, request.allow_unknown)
    index, wrong = chosen_loop(document, file.loops, request.loop)
    notes = Notes(errors=[*errors, *wrong], not_understood=harmless)
    loop, at = file.loops[index], ("loops", index, "ddg")
    found = check_graph(document, loop.ddg.nodes, loop.ddg.edges, at)
    notes.unknown(unknown_pipelines(document, loop.ddg.nodes, at), request.allow_unknown)
    notes.errors += [*found, *_references(document, file, loop.ddg.nodes, at, request.reading)]
    notes.errors += _costs(document, loop.ddg.nodes, at)
    if notes.errors:
        raise InputError(notes.errors)
    graph = _Builder(document, file, loop, at, request, notes).graph()
    if notes.errors:
        raise InputError(notes.errors)
    note_dump(file, loop, request.reading, notes)
    totals = {name: getattr(loop, name) for name in ("min_ii", "res_mii", "rec_mii")}
    idle = idle_nodes(loop.ddg.nodes)
    stated = {name: value for name, value in totals.items() if value is not None}
    return Source(graph, notes, SCHEMA, loop.loop_id, stated, idle)


def _references(
    document: Document, file: DdgFile, nodes: Sequence[DdgNode], at: Place, reading: Reading
) -> Iterator[Diagnostic]:
    """Every node is one operation of the file, of the kind that it says."""
    if not file.ops and reading != "timing":
        message = "the file has no operations table, so it is not known where results live"
        yield document.error(at, message, "--reading timing needs none")
    owners: dict[str, int] = {}
    for index, node in enumerate(nodes if file.ops else ()):
        place = (*at, "nodes", index)
        op = file.ops.get(node.op_ref)
        if op is None:
            message = unknown("operation", node.op_ref, file.ops)
            yield document.error((*place, "op_ref"), message)
        elif op.kind != node.op_kind:
            message = f"is {node.op_kind} here and {op.kind} in the operations table"
            yield document.error((*place, "op_kind"), message)
        if owners.setdefault(node.op_ref, node.id) != node.id:
            message = f"node {owners[node.op_ref]} is this operation already"
            yield document.error((*place, "op_ref"), message)


def _costs(document: Document, nodes: Sequence[DdgNode], at: Place) -> Iterator[Diagnostic]:
    for index, node in enumerate(nodes):
        if node.pipeline == NO_UNIT and node.occupancy and not node.is_super_node:
            message = f"occupies a pipeline for {node.occupancy} cycles, but names none"
            yield document.error((*at, "nodes", index, "occupancy"), message)


class _Builder:
    """Turns the checked nodes and edges of one loop into a neutral graph."""

    def __init__(
        self,
        document: Document,
        file: DdgFile,
        loop: DdgLoop,
        at: Place,
        request: Request,
        notes: Notes,
    ) -> None:
        self.document, self.file, self.loop, self.at = document, file, loop, at
        self.request, self.notes = request, notes
        self.names = {node.id: node_name(node) for node in loop.ddg.nodes}
        self.values = Values(file.ops, loop.ddg.nodes, loop.loop_id)
        self.storage = Storage(self.values, self.names)
        self.unmatched: list[str] = []

    def graph(self) -> Graph:
        nodes = [self._node(i, node) for i, node in enumerate(self.loop.ddg.nodes)]
        edges = [self._edge(i, edge) for i, edge in enumerate(self.loop.ddg.edges)]
        note_kinds(self.document, self.notes, [n for n in nodes if n.unit != INNER_LOOP])
        if self.unmatched:
            what = f"{len(self.unmatched)} dependences match no operand: {self.unmatched[0]}"
            reason = "the file does not say what they are; a value read keeps it alive longest"
            self.notes.assume("unmatched dependences", f"{what}; taken as values read", reason)
        graph = Graph(
            name=self.request.name,
            nodes=tuple(self._addresses(nodes)),
            edges=tuple(edges),
            trips=self.loop.trip_count,
            budgets=self._budgets(),
        )
        if self.request.reading == "timing":
            return graph
        self.notes.errors += self._unknown_storage()
        if self.notes.errors:
            return graph
        graph = graph.changed(self.storage.takeovers(graph.nodes, edges))
        return replace(graph, constants=self.storage.constants())

    def _node(self, index: int, node: DdgNode) -> Node:
        unit = INNER_LOOP if node.is_super_node else node.pipeline
        held = node.latency if node.is_super_node else node.occupancy
        stored = self.request.reading != "timing"
        return Node(
            name=self.names[node.id],
            kind=node.op_kind,
            unit=None if unit == NO_UNIT else unit,
            latency=node.latency,
            issue=node.self_latency,
            warps=node.min_warps,
            place=(*self.at, "nodes", index),
            reservations={unit: (Reservation(0, held),)} if held and unit != NO_UNIT else {},
            asynchronous=node.pipeline in ENGINES,
            variable_latency=node.op_kind in TILE_LOADS,
            view=self.storage.view(node) if stored else node.op_kind in REGISTER_VIEWS,
            result=self.storage.result(node) if stored else None,
        )

    def _edge(self, index: int, edge: DdgEdge) -> Edge:
        return Edge(
            src=self.names[edge.src],
            dst=self.names[edge.dst],
            delay=edge.latency,
            distance=edge.distance,
            place=(*self.at, "edges", index),
            kind=self._kind(edge),
        )

    def _kind(self, edge: DdgEdge) -> DependenceKind:
        """A value read, unless all that is handed over is a token."""
        read = self.values.results_read(edge.src, edge.dst, edge.distance)
        if not read and self.file.ops:
            self.unmatched.append(f"{self.names[edge.src]} -> {self.names[edge.dst]}")
        if not read or not all(type_name.token for type_name in read):
            return "flow"
        earlier = self.values.touches(edge.src)
        for name, later in self.values.touches(edge.dst).items():
            if name not in earlier:
                continue
            if earlier[name].writes and later.reads:
                return "flow"
            if later.writes:
                return "output" if earlier[name].writes else "anti"
        return "order"

    def _addresses(self, nodes: list[Node]) -> Iterator[Node]:
        """Mark scalar arithmetic that depends on nothing but scalar arithmetic."""
        scalar = {self.names[n.id] for n in self.loop.ddg.nodes if self._scalar(n)}
        edges = self.loop.ddg.edges
        while True:
            fed = {self.names[e.dst] for e in edges if self.names[e.src] not in scalar}
            if not scalar & fed:
                break
            scalar -= fed
        for node in nodes:
            yield replace(node, address=True) if node.name in scalar else node

    def _scalar(self, node: DdgNode) -> bool:
        types = self.values.op(node.id).result_types
        arithmetic = node.op_kind.startswith("arith.") or node.op_kind == "tt.addptr"
        return arithmetic and bool(types) and all(TypeName(t).scalar for t in types)

    def _unknown_storage(self) -> Iterator[Diagnostic]:
        for index, node in enumerate(self.loop.ddg.nodes):
            place = (*self.at, "nodes", index)
            if node.is_super_node:
                message = "stands for an inner loop, whose buffers and registers are not here"
                yield self.document.error(place, message, "--reading timing takes it as one op")
            elif self.storage.unknown_memory(node):
                kind = "" if known_kind(node.op_kind) or node.op_kind in MEMORY_KINDS else " kind"
                message = f"it is not understood what this{kind} of operation does to memory"
                help_ = "--reading timing leaves all memories out"
                yield self.document.error((*place, "op_kind"), message, help_)

    def _budgets(self) -> dict[str, int]:
        config = self.file.config
        stated = {SHARED: config.smem_budget_bytes, TENSOR: config.tmem_budget_bytes}
        return {space: size for space, size in stated.items() if size is not None}
