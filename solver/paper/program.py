"""The paper's input: operations with reservation tables, edges, footprints, registers, spills.

All times of one ``Program`` are in the same unit: machine cycles, or normalised ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from twill.problem import Requirements, Reservation


@dataclass(frozen=True, slots=True)
class PaperOp:
    """An operation v of the graph G.

    ``uses``: its table RRT[v] by unit, in runs of equal entries. ``cycles``: rows of the
    table, how long it executes. ``issue``: how long it keeps its warp's instruction
    stream. ``footprint``: by memory. ``registers``: per thread of the warps that hold the
    result. ``spill``: added to an edge whose reader is on other warps. ``warps``: how many
    it needs.
    """

    name: str
    cycles: int
    uses: Mapping[str, tuple[Reservation, ...]]
    issue: int
    footprint: Mapping[str, int]
    registers: int
    spill: int
    variable_latency: bool
    warps: int


@dataclass(frozen=True, slots=True)
class PaperEdge:
    """An edge (u, v, d, delta): v issues ``delay`` cycles after u of ``distance`` iterations ago.

    ``value``: v reads u's result; the others only order. ``reading``: cycles after its
    start for which v reads (0 where an operand is released at once).
    """

    src: str
    dst: str
    delay: int
    distance: int
    blocking: bool
    value: bool
    reading: int = 0


@dataclass(frozen=True, slots=True)
class Fluid:
    """A unit judged by the period: ``work`` unit-cycles per iteration of ``capacity`` a cycle."""

    unit: str
    work: int
    capacity: int


@dataclass(frozen=True)
class Program:
    """G and D of the paper.

    ``places``: warps, or groups of warps, that operations are put on; place 0 is the
    designated one for variable latency if ``designated``. ``widths``: by operation, how
    many places it takes (1 where places are groups). ``max_warps`` limits the sum of the
    groups' widths, in multiples of ``warp_group``. ``requirements``: what is demanded beyond the
    paper. ``notes``: what the reading of the problem assumes or leaves out.
    """

    name: str
    ops: tuple[PaperOp, ...]
    edges: tuple[PaperEdge, ...]
    units: Mapping[str, int]
    memories: Mapping[str, int]
    fluids: tuple[Fluid, ...] = ()
    register_limit: int | None = None
    places: int = 0
    designated: bool = False
    max_warps: int | None = None
    warp_group: int = 1
    requirements: Requirements = field(default_factory=Requirements)
    notes: tuple[str, ...] = ()

    @cached_property
    def op(self) -> dict[str, PaperOp]:
        """The operations by name."""
        return {op.name: op for op in self.ops}

    @cached_property
    def readers(self) -> dict[str, tuple[PaperEdge, ...]]:
        """The edges that read each operation's result."""
        return {
            op.name: tuple(e for e in self.edges if e.src == op.name and e.value) for op in self.ops
        }

    @property
    def serial(self) -> int:
        """Cycles that suffice for one iteration alone: a larger I than this cannot help.

        Where nothing executes and no delay, spill or reading runs, a cycle can be taken out.
        """
        return sum(self._span(op) for op in self.ops) + max(map(self._span, self.ops), default=0)

    def _span(self, op: PaperOp) -> int:
        delays = [e.delay for e in self.edges if e.src == op.name]
        reading = [e.reading for e in self.edges if e.dst == op.name]
        return max([1, op.cycles, op.issue, *reading]) + max(delays, default=0) + op.spill
