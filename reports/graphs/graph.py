"""What the pictures of a dependence graph show: operations by role, dependences, one circuit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from twill.accounting import constraint_dependences
from twill.problem import Dependence, DependenceKind, Op
from twill.reports.content import Content
from twill.solver.bounds import Bound
from twill.solver.circuits import Arc
from twill.text import visible

NodeKind = Literal["load", "engine", "stream"]
EdgeKind = DependenceKind | Literal["ring"]

LONGEST = 60
"""Characters of a name that a picture has room for."""


@dataclass(frozen=True, slots=True)
class Node:
    """An operation. ``lines``: its name, then when and where it runs.

    ``kind``: a load of variable latency, started on an engine, or run by its instruction stream.
    """

    id: str
    lines: tuple[str, ...]
    kind: NodeKind
    critical: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependence, or a ring slot that must be free again: ``delay`` cycles, iterations apart."""

    src: str
    dst: str
    delay: int
    distance: int
    kind: EdgeKind
    critical: bool

    @property
    def label(self) -> str:
        """The cycles, then the iterations where it crosses some, and what it is if no flow."""
        parts = [str(self.delay)]
        if self.distance:
            parts.append(f"distance {self.distance}")
        if self.kind != "flow":
            parts.append(self.kind)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Cluster:
    """The operations of one role; without a name those that are on none."""

    id: str
    name: str
    nodes: tuple[Node, ...]


class Graph:
    """A problem's operations and dependences, placed where there is a schedule."""

    def __init__(self, content: Content) -> None:
        self.content, self.problem, self.view = content, content.problem, content.view
        self.name = named(self.problem.name)
        self.ids = {op.name: f"n{i}" for i, op in enumerate(self.problem.ops)}

    @cached_property
    def circuit(self) -> Bound | None:
        """The circuit that needs the largest II, of dependences or through a ring."""
        circuits = [term for term in self.content.bounds.terms if term.arcs]
        return max(circuits, key=lambda term: term.ii, default=None)

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """Role by role in the schedule's order."""
        roles = self.view.schedule.roles if self.view is not None else ()
        members = [
            Cluster(f"r{i}", named(role.name), self._nodes(self._on(role.name)))
            for i, role in enumerate(roles)
        ]
        rest = Cluster("", "", self._nodes(self._on(None)))
        return tuple(cluster for cluster in (*members, rest) if cluster.nodes)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Stated and implied dependences; of rings only what the critical circuit uses."""
        circuit = {arc.source for arc in self._arcs}
        found = [
            Edge(
                self.ids[d.src],
                self.ids[d.dst],
                self._delay(d),
                d.distance,
                d.kind,
                ("dependence", number) in circuit,
            )
            for number, d in enumerate(constraint_dependences(self.problem))
        ]
        rings = [arc for arc in self._arcs if arc.source[0] == "ring"]
        found += [
            Edge(self.ids[a.src], self.ids[a.dst], a.delay, a.distance, "ring", True) for a in rings
        ]
        return tuple(found)

    @property
    def caption(self) -> str:
        """One line about the whole."""
        parts = [self.name]
        if self.view is not None:
            parts.append(f"II {self.view.schedule.ii}")
        if self.circuit is not None:
            parts.append(f"bold: the circuit that needs II {self.circuit.ii}")
        return ", ".join(parts)

    @property
    def _arcs(self) -> tuple[Arc, ...]:
        return self.circuit.arcs if self.circuit is not None else ()

    def _on(self, role: str | None) -> list[Op]:
        if self.view is None:
            return [] if role is not None else list(self.problem.ops)
        return [op for op in self.problem.ops if self.view.place(op.name).role == role]

    def _nodes(self, ops: Iterable[Op]) -> tuple[Node, ...]:
        critical = {name for arc in self._arcs for name in (arc.src, arc.dst)}
        return tuple(
            Node(self.ids[op.name], self._lines(op), _kind(op), op.name in critical) for op in ops
        )

    def _lines(self, op: Op) -> tuple[str, ...]:
        lines = [named(op.name)]
        if self.view is not None:
            place = self.view.place(op.name)
            lines.append(f"cycle {place.slot}, stage {place.stage}")
            if place.role is not None:
                lines.append(named(place.role))
        units = [named(unit) for unit, uses in op.reservations.items() if uses]
        return (*lines, ", ".join(units)) if units else tuple(lines)

    def _delay(self, d: Dependence) -> int:
        """The delay, with the hand-off's latency where the schedule makes it cross roles."""
        return self.view.usage.delay(d) if self.view is not None else d.delay


def named(text: str) -> str:
    """A name in one line, cut where it is far too long to be drawn."""
    shown = visible(text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _kind(op: Op) -> NodeKind:
    if op.variable_latency:
        return "load"
    return "engine" if op.asynchronous else "stream"
