"""Figure 6: warps. Which warps run an operation, and what that costs.

The figure's w ranges over *places*: groups of warps, each operation on one that is wide enough,
or (``warps=single``) single warps, each operation on as many as it needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twill.solver.paper.figure5 import live_sets
from twill.solver.paper.formula import FALSE, TRUE
from twill.solver.paper.program import PaperOp
from twill.solver.paper.unrolled import Unrolled

DESIGNATED = 0
"""The place W_vl of the variable-latency operations."""


@dataclass
class Places:
    """Where operations are: opw[v, w] as ``on``, and what follows from it for pairs."""

    q: Unrolled
    on: dict[tuple[str, int], int] = field(default_factory=dict)
    _meet: dict[frozenset[str], int] = field(default_factory=dict)
    _share: dict[frozenset[str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for op in self.q.program.ops:
            for w in range(self.q.program.places):
                self.on[op.name, w] = self.q.formula.new()

    def meet(self, one: str, other: str) -> int:
        """Whether two operations have a warp in common (true where they do)."""
        if one == other:
            return TRUE
        pair = frozenset((one, other))
        if pair not in self._meet:
            literal = self._meet[pair] = self.q.formula.new()
            for w in range(self.q.program.places):
                self.q.formula.implies(self.on[one, w], self.on[other, w], literal)
        return self._meet[pair]

    def share(self, one: str, other: str) -> int:
        """Whether a value passes between two operations without a spill (only where it may)."""
        if one == other:
            return TRUE
        pair = frozenset((one, other))
        if pair not in self._share:
            self._share[pair] = self._new_share(one, other)
        return self._share[pair]

    def _new_share(self, one: str, other: str) -> int:
        q = self.q
        literal = q.formula.new()
        rule = q.options.same if q.options.warps == "single" else "equal"
        if rule == "overlap":
            _some_common(self, literal, one, other)
            return literal
        few, many = sorted((one, other), key=lambda name: q.program.op[name].warps)
        if rule == "equal" and _needs(q, q.program.op[few]) != _needs(q, q.program.op[many]):
            return FALSE
        for w in range(q.program.places):
            q.formula.implies(literal, self.on[few, w], self.on[many, w])
        return literal


def _some_common(places: Places, literal: int, one: str, other: str) -> None:
    """``literal`` needs a warp that both operations are on."""
    formula = places.q.formula
    witnesses = []
    for w in range(places.q.program.places):
        both = formula.new()
        formula.implies(both, places.on[one, w])
        formula.implies(both, places.on[other, w])
        witnesses.append(both)
    formula.clause(-literal, *witnesses)


def _needs(q: Unrolled, op: PaperOp) -> int:
    """On how many places an operation is."""
    return op.warps if q.options.warps == "single" else 1


def warp_uniqueness(q: Unrolled, places: Places) -> None:
    """WARP UNIQUENESS: each operation is on exactly one group, or on as many warps as it needs."""
    for op in q.program.ops:
        here = [places.on[op.name, w] for w in range(q.program.places)]
        if _needs(q, op) > len(here):
            q.formula.clause()
        else:
            q.formula.exactly(here, _needs(q, op))
    _widths(q, places)
    _in_order(q, places)


def _widths(q: Unrolled, places: Places) -> None:
    """The groups, each as wide as its widest operation, are within the warps of a thread block."""
    most, unit = q.program.max_warps, q.program.warp_group
    if most is None:
        return
    widths = sorted({-(-op.warps // unit) * unit for op in q.program.ops})
    terms = []
    for below, width in zip([0, *widths], widths, strict=False):
        for w in range(q.program.places):
            wide = q.formula.new()
            for op in q.program.ops:
                if op.warps > below:
                    q.formula.implies(places.on[op.name, w], wide)
            terms.append((width - below, wide))
    q.formula.at_most(terms, most)


def _in_order(q: Unrolled, places: Places) -> None:
    """Groups are interchangeable: number them by their first operation. Changes no answer."""
    if q.options.warps == "single":
        return
    first = DESIGNATED + 1 if q.program.designated else DESIGNATED
    names = [op.name for op in q.program.ops if not op.variable_latency or not q.program.designated]
    for w in range(first + 1, q.program.places):
        for k, name in enumerate(names):
            before = [places.on[other, w - 1] for other in names[:k]]
            q.formula.clause(-places.on[name, w], *before)


def variable_latency(q: Unrolled, places: Places) -> None:
    """VARIABLE LATENCY: these operations, and only they (``iff``), are on the designated warp."""
    if not q.program.designated:
        return
    for op in q.program.ops:
        if op.variable_latency:
            q.formula.clause(places.on[op.name, DESIGNATED])
        elif q.options.variable_latency == "iff":
            q.formula.clause(-places.on[op.name, DESIGNATED])


def register_limit(q: Unrolled, places: Places) -> None:
    """REGISTER LIMIT: on each warp the live results fit its registers at all times."""
    limit = q.program.register_limit
    size = {op.name: op.registers for op in q.program.ops}
    values = [name for name in size if size[name]]
    if limit is None or not values or not q.program.places:
        return
    for live in live_sets(q, values):
        for w in range(q.program.places):
            terms = [
                (size[v], q.formula.both(literal, places.on[v, w]))
                for v, literals in live.items()
                for literal in literals
            ]
            q.formula.at_most(terms, limit)


def cross_warp_spills(q: Unrolled, places: Places) -> None:
    """CROSS-WARP SPILLS: a reader on other warps waits ``spill`` cycles longer."""
    for e in q.program.edges:
        spill = q.program.op[e.src].spill
        if not e.value or not spill or not q.emitted(e) or e.src == e.dst:
            continue
        gap = e.delay + spill - e.distance * q.ii
        share = places.share(e.src, e.dst)
        for t in range(q.earliest[e.dst], q.latest[e.dst] + 1):
            q.formula.clause(share, -q.issued(e.dst, 0, t), q.issued(e.src, 0, t - gap))


def concurrency(q: Unrolled, places: Places) -> None:
    """CONCURRENCY: when a blocking consumer starts, nothing else of its warp is in flight."""
    for name in dict.fromkeys(e.dst for e in q.program.edges if e.blocking):
        _alone(q, places, name, TRUE)


def spill_concurrency(q: Unrolled, places: Places) -> None:
    """The same for consumers of values from other warps; the paper leaves its formula out."""
    if q.options.spill_blocks == "none":
        return
    for op in q.program.ops:
        crossing = [
            -places.share(e.src, e.dst)
            for e in q.program.edges
            if e.dst == op.name and e.value and e.src != e.dst
            if q.options.spill_blocks == "all" or q.program.op[e.src].spill
        ]
        blocking = any(e.dst == op.name and e.blocking for e in q.program.edges)
        if crossing and not blocking:
            blocks = q.formula.new()
            for literal in crossing:
                q.formula.implies(literal, blocks)
            _alone(q, places, op.name, blocks)


def _alone(q: Unrolled, places: Places, name: str, blocks: int) -> None:
    """Where ``blocks`` holds, no other operation of a shared warp is in flight at its start."""
    for other in q.program.ops:
        window = other.cycles if q.options.concurrency == "paper" else other.issue
        if other.name == name or not window:
            continue
        meet = places.meet(name, other.name)
        if window >= q.ii:
            q.formula.clause(-blocks, -meet)
            continue
        for phase in range(q.ii):
            starts = q.starts_at_phase(name, phase)
            flying = q.in_flight(other.name, phase, window)
            q.formula.clause(-blocks, -meet, -starts, -flying)


def figure6(q: Unrolled) -> Places:
    """All constraints of Figure 6; the places, to read the assignment back."""
    places = Places(q)
    if q.program.places:
        for constraint in (
            warp_uniqueness,
            variable_latency,
            register_limit,
            cross_warp_spills,
            concurrency,
            spill_concurrency,
        ):
            constraint(q, places)
    return places
