"""A prepared graph, with the limits of a machine where there is one, as a problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from twill.accounting import ceil_div
from twill.costs import handoff_cost
from twill.diagnostics import Diagnostic, unknown
from twill.importers.account import Notes, Reading
from twill.importers.graph import SHARED, TENSOR, WARP, WORD, Edge, Graph, Node, Tile
from twill.machine import Machine
from twill.problem import (
    Dependence,
    Handoff,
    Invariant,
    Limits,
    Memory,
    Op,
    Problem,
    Result,
    RoleLimits,
    Unit,
)
from twill.spec.fields import LARGEST
from twill.spec.nodes import Document

COLUMN_BYTES = 512
"""Bytes of a column of tensor memory where no machine says: 128 lanes of 4 bytes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a problem is made with: its reading, the machine if any, and the stage limit.

    ``stated_handoffs``: hand-off latencies of the file come before those of the machine.
    """

    reading: Reading
    machine: Machine | None
    max_stages: int
    stated_handoffs: bool


def build(graph: Graph, setting: Setting, notes: Notes, document: Document) -> Problem:
    """The problem; what keeps it from being one is added to ``notes.errors``."""
    return _Builder(graph, setting, notes, document).problem()


class _Builder:
    """Turns nodes into operations and edges into dependences."""

    def __init__(self, graph: Graph, setting: Setting, notes: Notes, document: Document) -> None:
        self.graph, self.setting, self.notes, self.document = graph, setting, notes, document
        self.known = {node.name: node for node in graph.nodes}
        self.memories = self._memories()

    def problem(self) -> Problem:
        self.notes.errors += self._too_large()
        if self.setting.reading != "timing":
            self.notes.errors += self._homeless()
        if self.notes.errors:
            return Problem(self.graph.name, ())
        machine = self.setting.machine
        units = dict.fromkeys(u for node in self.graph.nodes for u in node.reservations)
        problem = Problem(
            name=self.graph.name,
            ops=tuple(self._op(node) for node in self.graph.nodes),
            dependences=tuple(self._dependences()),
            units=tuple(Unit(name) for name in units),
            memories=tuple(self.memories.values()),
            invariants=self._invariants(),
            roles=self._roles(),
            limits=machine.limits(self.setting.max_stages) if machine else self._limits(),
            trips=self.graph.trips,
        )
        self._note_units(units)
        return problem

    def _limits(self) -> Limits:
        return Limits(max_stages=self.setting.max_stages)

    def _roles(self) -> RoleLimits | None:
        machine = self.setting.machine
        return machine.role_limits() if machine and self.setting.reading == "joint" else None

    def _note_units(self, units: Iterable[str]) -> None:
        listed = ", ".join(units)
        if listed:
            reason = "the formats count cycles of a pipeline, not how many of it there are"
            text = f"{listed}: each serves one operation at a time"
            self.notes.assume("capacity of units", text, reason)

    # Operations

    def _op(self, node: Node) -> Op:
        """An operation with as much as the reading asks for."""
        op = Op(
            name=node.name,
            reservations=node.reservations,
            issue=node.issue,
            latency=node.latency,
            variable_latency=node.variable_latency if node.streaming else False,
            streaming=node.streaming,
        )
        if self.setting.reading == "timing":
            return op
        op = replace(op, variable_latency=node.variable_latency, asynchronous=node.asynchronous)
        if self.setting.reading == "memory":
            op = replace(op, result=self._result(node))
            return replace(op, in_place=node.in_place if op.result else None)
        result = self._result(node)
        return replace(
            op,
            warps=node.warps,
            result=result,
            in_place=node.in_place if result else None,
            handoff=self._handoff(node),
        )

    def _result(self, node: Node) -> Result | None:
        """The result, sized for its space; registers only where there are roles to hold them."""
        tile = node.result
        if tile is None:
            return None
        if not tile.in_registers:
            return Result(tile.space, self._size(tile))
        if self.setting.reading != "joint":
            return None
        return Result(tile.space, ceil_div(tile.bytes, WORD * WARP * node.warps))

    def _size(self, tile: Tile) -> int:
        return ceil_div(tile.bytes, self.memories[tile.space].unit_bytes)

    def _handoff(self, node: Node) -> Handoff:
        machine, tile = self.setting.machine, node.result
        if tile is None or machine is None:
            return Handoff()
        handoff, _ = handoff_cost(machine, tile.space, tile.bytes, node.asynchronous, node.warps)
        if self.setting.stated_handoffs and node.handoff_latency is not None and tile.in_registers:
            return replace(handoff, latency=node.handoff_latency)
        return handoff

    # Dependences

    def _dependences(self) -> Iterator[Dependence]:
        """Every dependence once: two reads of one value are one wait for the later."""
        merged: dict[tuple[str, str, int, str], Dependence] = {}
        for edge in self.graph.edges:
            found = self._dependence(edge)
            key = (found.src, found.dst, found.distance, found.kind)
            other = merged.get(key, found)
            delay, blocking = max(found.delay, other.delay), found.blocking or other.blocking
            merged[key] = replace(found, delay=delay, blocking=blocking)
        if len(merged) < len(self.graph.edges):
            text = f"{len(self.graph.edges) - len(merged)} say what others say already"
            self.notes.leave("dependences", text, "an operation reads one value twice")
        yield from merged.values()

    def _dependence(self, edge: Edge) -> Dependence:
        plain = Dependence(edge.src, edge.dst, edge.delay, edge.distance, edge.kind)
        if self.setting.reading == "timing":
            return plain
        plain = replace(plain, read_until=self._read_until(edge))
        if self.setting.reading == "memory":
            return plain
        return replace(plain, blocking=self._blocking(edge))

    def _blocking(self, edge: Edge) -> bool:
        """As the file says; else: a value that an engine completes, but not for the same engine."""
        if edge.blocking is not None:
            return edge.blocking
        source, reader = self.known[edge.src], self.known[edge.dst]
        return source.asynchronous and edge.kind == "flow" and source.unit != reader.unit

    def _read_until(self, edge: Edge) -> int | None:
        """Registers are read while the reader issues; memories, and by engines, until its end."""
        source, reader = self.known[edge.src], self.known[edge.dst]
        if edge.kind != "flow" or source.result is None:
            return None
        if reader.asynchronous or not source.result.in_registers:
            return None
        return reader.issue

    # Memories

    def _memories(self) -> dict[str, Memory]:
        """The memories that anything lives in: the machine's, else as large as the file says."""
        if self.setting.reading == "timing":
            return {}
        tiles = [n.result for n in self.graph.nodes if n.result and not n.result.in_registers]
        used = dict.fromkeys(t.space for t in (*tiles, *(c.tile for c in self.graph.constants)))
        machine = self.setting.machine
        if machine is not None:
            return {memory.name: memory for memory in machine.problem_memories()}
        sizes = {SHARED: ("bytes", 1), TENSOR: ("columns", COLUMN_BYTES)}
        return {
            space: Memory(space, self.graph.budgets[space] // sizes[space][1], *sizes[space])
            for space in used
            if space in self.graph.budgets
        }

    def _homeless(self) -> Iterator[Diagnostic]:
        """Results in a memory that neither the machine nor the file has."""
        for node in self.graph.nodes:
            tile = node.result
            if tile is None or tile.in_registers or tile.space in self.memories:
                continue
            message = unknown("memory", tile.space, self.memories)
            hint = "--machine M takes the memories of a machine; --reading timing needs none"
            yield self.document.error(node.place, f"{node.name}: {message}", hint)

    def _invariants(self) -> tuple[Invariant, ...]:
        if self.setting.reading == "timing":
            return ()
        return tuple(
            Invariant(c.name, c.tile.space, self._size(c.tile)) for c in self.graph.constants
        )

    def _too_large(self) -> Iterator[Diagnostic]:
        """Sizes and sums of delays that no file of ours may hold."""
        for node in self.graph.nodes:
            if node.result is not None and node.result.bytes > LARGEST:
                message = f"{node.name}: its result has more than {LARGEST:,} bytes"
                yield self.document.error(node.place, message)
        for edge in self.graph.edges:
            if edge.delay > LARGEST:
                message = f"after contraction its delay is more than {LARGEST:,} cycles"
                yield self.document.error(edge.place, message)
