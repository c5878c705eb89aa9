"""Lower bounds on the initiation interval that arithmetic proves.

* resource: a unit of capacity c that serves A unit-cycles per iteration needs ceil(A / c).
* exclusion: operations of which no two can run at once, on whatever units, take turns; shown
  where it says more than each unit alone.
* recurrence: a circuit of dependences with delay D and distance d needs ceil(D / d); the
  maximum over all circuits is found by parametric longest paths.
* buffer: a ring that can have at most n slots in its memory is an anti-dependence of
  distance n from its last read to its next write. Circuits through such arcs count too.
* role: an operation keeps its role's instruction stream for its whole issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from twill.accounting import ceil_div
from twill.problem import Op, Problem, Reservation
from twill.solver.certain import always_blocks, least_delay, least_waits, one_role
from twill.solver.circuits import Arc, ImpossibleCircuit, circuit_detail, max_cycle_ratio
from twill.storage import buffers, constraint_dependences, read_end

MOST_EXCLUSIVE = 120
"""Operations up to which the exclusion bound is computed: a maximum clique is exponential."""

EXCLUSION = "exclusion"
"""The name of the exclusion bound, of kind "resource"."""

LONGEST_ISSUE = "longest issue"
ONLY_ROLE = "the only role"
"""The names of the two bounds of kind "role"."""

BoundKind = Literal["resource", "recurrence", "buffer", "role"]


@dataclass(frozen=True, slots=True)
class Bound:
    """The II that one thing alone would allow; ``detail`` is the arithmetic behind it.

    ``terms``: what each operation adds to the sum; ``other``: what is added to them; ``arcs``:
    the circuit. A certificate states them.
    """

    kind: BoundKind
    name: str
    ii: int
    detail: str
    ops: tuple[str, ...]
    binding: bool = False
    terms: Mapping[str, int] = field(default_factory=dict)
    other: int = 0
    arcs: tuple[Arc, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """All bounds, highest first.

    ``ii`` is the highest, None if no II at all is possible; ``impossible`` then says why, and
    ``endless`` is the circuit that no II makes room for.
    """

    ii: int | None
    terms: tuple[Bound, ...]
    impossible: str = ""
    endless: tuple[Arc, ...] = ()

    @property
    def binding(self) -> tuple[Bound, ...]:
        """The bounds that reach the highest value."""
        return tuple(term for term in self.terms if term.binding)


def bounds(problem: Problem) -> Bounds:
    """Every arithmetic bound of a problem."""
    terms = _resource_bounds(problem)
    terms += [t for t in _exclusion_bound(problem) if all(t.ii > term.ii for term in terms)]
    terms += _role_bounds(problem)
    try:
        terms += _recurrence_bounds(problem)
        terms += _buffer_bounds(problem)
    except ImpossibleCircuit as impossible:
        return Bounds(None, tuple(terms), str(impossible), impossible.circuit)
    best = max((term.ii for term in terms), default=1)
    best = max(best, 1)
    ordered = sorted(terms, key=lambda term: (-term.ii, term.kind, term.name))
    return Bounds(best, tuple(_marked(term, best) for term in ordered))


def _marked(term: Bound, best: int) -> Bound:
    return replace(term, binding=term.ii == best)


def _resource_bounds(problem: Problem) -> list[Bound]:
    terms = []
    for unit in problem.units:
        users = [
            (op.name, sum(r.length * r.amount for r in op.reservations[unit.name]))
            for op in problem.ops
            if unit.name in op.reservations
        ]
        users = [(name, work) for name, work in users if work]
        if users:
            total = sum(work for _, work in users)
            ii = ceil_div(total, unit.capacity)
            shown = " + ".join(f"{name} {work}" for name, work in users)
            share = f" over capacity {unit.capacity}" if unit.capacity > 1 else ""
            detail = f"{shown} = {total}{share}" if len(users) > 1 or share else shown
            names = tuple(name for name, _ in users)
            terms.append(Bound("resource", unit.name, ii, detail, names, terms=dict(users)))
    return terms


def _exclusion_bound(problem: Problem) -> list[Bound]:
    """Operations of which no two can run at once, on whatever units: their times add up.

    Two operations exclude each other where a unit cannot serve both. Each counts with its
    shortest reservation on such a unit, so that the counted intervals are disjoint.
    """
    import networkx as nx

    fluid = {unit.name for unit in problem.units if unit.fluid}
    holds = {op.name: _first_reservations(op, fluid) for op in problem.ops}
    length = {
        name: min((r.length for r in held.values()), default=0) for name, held in holds.items()
    }
    graph: nx.Graph[str] = nx.Graph()
    for name, cycles in length.items():
        if cycles:
            graph.add_node(name, weight=cycles)
    for u, v in combinations(graph.nodes, 2):
        if any(
            held.amount + holds[v][unit].amount > problem.unit[unit].capacity
            for unit, held in holds[u].items()
            if unit in holds[v]
        ):
            graph.add_edge(u, v)
    units = {frozenset(holds[name]) for name in graph.nodes}
    if len(graph) > MOST_EXCLUSIVE or len(units) < 2:
        return []
    clique, total = nx.max_weight_clique(graph, weight="weight")
    names = tuple(op.name for op in problem.ops if op.name in clique)
    shown = " + ".join(f"{name} {length[name]}" for name in names)
    detail = f"no two of these fit together: {shown} = {total}"
    if len(names) < 2:
        return []
    taken = {name: length[name] for name in names}
    return [Bound("resource", EXCLUSION, int(total), detail, names, terms=taken)]


def _first_reservations(op: Op, fluid: set[str]) -> dict[str, Reservation]:
    """The reservation per unit that begins with the operation, if there is one."""
    found = {}
    for unit, reserved in op.reservations.items():
        if unit in fluid:
            continue
        for r in reserved:
            if r.offset == 0 and r.length and r.amount:
                found[unit] = r
    return found


def _role_bounds(problem: Problem) -> list[Bound]:
    """The longest stay of one operation on its stream; with one role, what cannot overlap."""
    if problem.roles is None:
        return []
    stay = {op.name: op.issue for op in problem.ops}
    for (_, reader), cycles in least_waits(problem).items():
        stay[reader] += cycles
    longest = max(stay, key=lambda name: stay[name])
    detail = f"{longest} keeps its role for {stay[longest]} cycles, waits included"
    alone = {longest: stay[longest]}
    terms = [Bound("role", LONGEST_ISSUE, stay[longest], detail, (longest,), terms=alone)]
    names = [op.name for op in problem.ops if not op.variable_latency]
    blocking = [name for name in names if always_blocks(problem, name)]
    if one_role(problem) and problem.limits.concurrency == "issue" and blocking:
        others = [stay[name] for name in names if name not in blocking]
        taken = {name: stay[name] for name in blocking}
        other = max(others, default=0)
        total = sum(taken.values()) + other
        shown = " + ".join(f"{name} {stay[name]}" for name in blocking)
        detail = f"one role issues {shown}" + (f" + {other}" if others else "")
        only = Bound("role", ONLY_ROLE, total, detail, tuple(blocking), terms=taken, other=other)
        terms.append(only)
    return terms


def dependence_arcs(problem: Problem) -> list[Arc]:
    """The dependences, implied ones included, as arcs of the recurrence graph."""
    return [
        Arc(d.src, d.dst, least_delay(problem, d), d.distance, d.kind, ("dependence", number))
        for number, d in enumerate(constraint_dependences(problem))
    ]


def _recurrence_bounds(problem: Problem) -> list[Bound]:
    """The critical circuit of each strongly connected component."""
    import networkx as nx

    arcs = dependence_arcs(problem)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(op.name for op in problem.ops)
    graph.add_edges_from((arc.src, arc.dst) for arc in arcs)
    terms = []
    for component in nx.strongly_connected_components(graph):
        names = [op.name for op in problem.ops if op.name in component]
        inside = [arc for arc in arcs if arc.src in component and arc.dst in component]
        found = max_cycle_ratio(names, inside)
        if found is not None:
            terms.append(_as_bound("recurrence", found))
    return terms


def _as_bound(kind: BoundKind, found: tuple[int, tuple[Arc, ...]]) -> Bound:
    ii, circuit = found
    names = tuple(arc.src for arc in circuit)
    name, detail = " -> ".join((*names, names[0])), circuit_detail(circuit)
    return Bound(kind, name, ii, detail, names, arcs=circuit)


def _buffer_bounds(problem: Problem) -> list[Bound]:
    """What each ring allows, and all rings together where that is more."""
    names = [op.name for op in problem.ops]
    dependences = dependence_arcs(problem)
    rings = reuse_arcs(problem)
    everything = [arc for arcs in rings for arc in arcs]
    terms: dict[str, Bound] = {}
    for reuse in [everything, *rings]:
        found = max_cycle_ratio(names, dependences + reuse)
        if found is not None and any(arc.why.startswith("ring") for arc in found[1]):
            term = _as_bound("buffer", found)
            terms.setdefault(term.detail, term)
    return list(terms.values())


def reuse_arcs(problem: Problem) -> list[list[Arc]]:
    """Anti-dependences, ring by ring: with n slots at most, write n iterations on waits for reads.

    n is what the memory holds when every other ring has one slot.
    """
    rings = buffers(problem)
    found = []
    for ring in rings:
        memory = problem.memory[ring.memory]
        others = sum(r.size for r in rings if r.memory == ring.memory and r is not ring)
        fixed = sum(i.size for i in problem.invariants if i.space == ring.memory)
        room = memory.capacity - others - fixed
        if ring.accumulator or ring.size == 0 or room < ring.size:
            continue
        slots = room // ring.size
        found.append(ring_arcs(problem, ring.name, dict(ring.members), slots))
    return found


def ring_arcs(problem: Problem, name: str, members: dict[str, int], slots: int) -> list[Arc]:
    """From every event that ends a slot's life to every one that begins the next life."""
    why = f"ring {name} has room for {slots} slot{'s' if slots > 1 else ''}"
    ends: list[tuple[str, int, int, tuple[str, int | None]]] = []
    for member, lag in members.items():
        op = problem.op[member]
        ends.append((member, 0 if op.streaming else op.latency, lag, (member, None)))
        ends += [
            (d.dst, read_end(problem, d), lag + d.distance, (member, number))
            for number, d in enumerate(problem.dependences)
            if d.kind == "flow" and d.src == member
        ]
    begins = [
        (member, problem.op[member].latency if problem.op[member].streaming else 0, lag)
        for member, lag in members.items()
    ]
    return [
        Arc(reader, writer, reading + early, slots - late + lag, why, ("ring", name, end, writer))
        for reader, reading, late, end in ends
        for writer, early, lag in begins
    ]
