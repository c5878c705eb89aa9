"""A foreign dependence graph in neutral terms: what every format is read into.

Times are in cycles, sizes in bytes. Nothing here depends on a machine: how many registers or
columns a tile takes follows when the graph becomes a problem (:mod:`twill.importers.build`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from twill.problem import REGISTER, DependenceKind, InPlace, Reservation
from twill.spec.nodes import Key

SHARED = "shared"
TENSOR = "tensor"
"""Spaces of a tile, besides :data:`twill.problem.REGISTER`; machines call them the same."""

WARP = 32
"""Threads of a warp."""

WORD = 4
"""Bytes of a register."""

Place = tuple[Key, ...]
"""Where something stands in the file."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a result lives, and its bytes there."""

    space: str
    bytes: int

    @property
    def in_registers(self) -> bool:
        """Whether it is spread over the registers of the warps that computed it."""
        return self.space == REGISTER


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of the graph.

    ``unit`` is the pipeline, None where the operation uses none. ``view``: it computes nothing
    and has no storage of its own, its result is another name for its source's.
    ``address``: arithmetic on scalars that only addresses depend on. ``handoff_latency``:
    what the file itself asks for a value that crosses roles.
    """

    name: str
    kind: str
    unit: str | None
    latency: int
    issue: int
    warps: int
    place: Place
    reservations: Mapping[str, tuple[Reservation, ...]] = field(default_factory=dict)
    asynchronous: bool = False
    variable_latency: bool = False
    streaming: bool = False
    view: bool = False
    address: bool = False
    result: Tile | None = None
    in_place: InPlace | None = None
    handoff_latency: int | None = None

    @property
    def takes_time(self) -> bool:
        """Whether it has a latency, an issue time, or holds any unit."""
        return bool(self.latency or self.issue or self.reservations)


@dataclass(frozen=True, slots=True)
class Edge:
    """``dst`` of iteration i starts at least ``delay`` cycles after ``src`` of i - ``distance``.

    ``blocking`` is None where the file does not say.
    """

    src: str
    dst: str
    delay: int
    distance: int
    place: Place
    kind: DependenceKind = "flow"
    blocking: bool | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A tile that is computed before the loop and stays in a memory throughout."""

    name: str
    tile: Tile


@dataclass(frozen=True, slots=True)
class Graph:
    """One loop. ``budgets``: bytes of each memory, as far as the file states them."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    trips: int = 1
    constants: tuple[Constant, ...] = ()
    budgets: Mapping[str, int] = field(default_factory=dict)

    def node(self, name: str) -> Node:
        """The node of that name."""
        return next(node for node in self.nodes if node.name == name)

    def into(self) -> dict[str, list[Edge]]:
        """The edges into each node."""
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.dst].append(edge)
        return found

    def out_of(self) -> dict[str, list[Edge]]:
        """The edges out of each node."""
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.src].append(edge)
        return found

    def changed(self, changes: Mapping[str, Node]) -> Graph:
        """The graph with some nodes replaced, by name."""
        return replace(self, nodes=tuple(changes.get(n.name, n) for n in self.nodes))
