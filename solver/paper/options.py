"""What the paper leaves open, one option each; ``docs/paper_profile.md`` gives the reasons."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

SOUND: dict[str, str] = {
    "copies": "any",
    "edges": "all",
    "liveness": "steady",
    "release": "finish",
}
"""The options that repair the accounting where a schedule it admits would be wrong."""


@dataclass(frozen=True, slots=True)
class PaperOptions:
    """Readings of the paper. The defaults are the text, and where it is silent the plainest.

    Costs
      normalise: ``paper`` rounds all counts to a small scale, ``off`` keeps cycles.
      U: upper bound on the sum of the normalised counts. least: lower bound on it.
      members: the list C holds ``cycles`` (one count per operation: how long it executes)
        or ``all`` counts (reservations, edge delays and spill costs too).
      weights: the sum counts every ``occurrence`` or each ``distinct`` count once.
      tie: among equally good roundings, the ``most`` or ``fewest`` cycles.
    The input graph
      cycles: an operation executes for its ``latency`` or while it holds a unit (``occupancy``).
      streaming: streaming operations have no latency on their ``edges``, or take no unit
        either (``all``).
      storage: ``ssa`` gives each value its own storage; ``in_place`` keeps the problem's
        decisions about storage as ordering edges.
      fluid: units shared by interleaving requests bound the ``period`` or ``none``.
      spill: cost of a value that crosses warps in machine cycles, None for the machine's.
    Warps
      warps: Figure 6 places operations on ``groups`` as wide as they need, or on ``single``
        warps, as many as they need.
      places: how many groups or warps there are, None for the machine's.
      same: with single warps, producer and consumer share their warps if the sets are
        ``equal``, one is ``inside`` the other, or they ``overlap``.
      variable_latency: the designated warp takes variable-latency operations ``iff`` or ``if``.
      registers: 32-bit registers per thread of a warp, None for the machine's.
      concurrency: an operation is in flight for its ``paper`` cycles or while it ``issue``s.
      spill_blocks: a consumer blocks on a value from other warps: ``spilled`` ones (with a
        cost), ``all``, or ``none``.
    Accounting
      edges: constraints on copies outside the program are not ``emitted``, or ``all`` edges hold.
      liveness: values live in the straight-line ``program``, or in the ``steady`` state.
      release: an operand is released when its last reader starts (``issue``) or ends (``finish``).
    Search
      length: the modulo schedule of phase 1 has ``minimal`` length, or ``any``.
      copies: lengths with as many copies as phase 1 has (``paper``), or ``any``.
      window: a window of lengths is settled by ``one`` query, or ``each`` length is asked.
      max_copies: with ``copies=any``, the most copies tried.
      max_ii: Algorithm 1 stops above it, None for where a larger I cannot help.
      query_work: Z3's resource units per query, None for no limit.
    """

    normalise: Literal["paper", "off"] = "paper"
    U: int = 300
    least: int = 1
    members: Literal["cycles", "all"] = "cycles"
    weights: Literal["occurrence", "distinct"] = "occurrence"
    tie: Literal["most", "fewest"] = "most"
    cycles: Literal["latency", "occupancy"] = "latency"
    streaming: Literal["edges", "all"] = "edges"
    storage: Literal["ssa", "in_place"] = "ssa"
    fluid: Literal["period", "none"] = "period"
    spill: int | None = None
    warps: Literal["groups", "single"] = "groups"
    places: int | None = None
    same: Literal["equal", "inside", "overlap"] = "equal"
    variable_latency: Literal["iff", "if"] = "iff"
    registers: int | None = None
    concurrency: Literal["paper", "issue"] = "paper"
    spill_blocks: Literal["spilled", "all", "none"] = "spilled"
    edges: Literal["emitted", "all"] = "emitted"
    liveness: Literal["program", "steady"] = "program"
    release: Literal["issue", "finish"] = "issue"
    length: Literal["minimal", "any"] = "minimal"
    copies: Literal["paper", "any"] = "paper"
    window: Literal["one", "each"] = "one"
    max_copies: int = 4
    max_ii: int | None = None
    query_work: int | None = None

    def changed(self) -> dict[str, object]:
        """The options that differ from their defaults."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
