"""The variables that every constraint shares: slots, stages, roles, orders on the circle.

An operation starts at ``II * stage + slot``. Literals that the input decides are
constants, which CP-SAT removes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx
from ortools.sat.python import cp_model

from twill.accounting import ceil_div
from twill.problem import Dependence, Problem, groups
from twill.solver.distances import distances
from twill.storage import constraint_dependences

Literal = cp_model.BoolVarT
"""A 0-1 variable or its negation."""

Expr = cp_model.LinearExpr | int
"""A linear expression over variables; an int where the input decides it."""


@dataclass
class Space:
    """One CP-SAT model under construction, with the variables of ``problem`` at ``ii``.

    ``pin`` is the operation that all others are seen from: its start is fixed (lemma 2).
    ``max_roles`` may be below the machine's, and ``together`` keeps values in registers on
    their role, to look for a schedule sooner; a refutation needs neither. ``longest``: only
    schedules of at most this length are looked for.
    """

    problem: Problem
    ii: int
    max_roles: int
    pin: str
    together: bool = False
    longest: int | None = None
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    def __post_init__(self) -> None:
        self.true = self.cp.new_constant(1)
        self.false = self.cp.new_constant(0)
        self.horizon = (self.problem.limits.max_stages + 1) * self.ii
        self.slot: dict[str, cp_model.IntVar] = {}
        self.start: dict[str, cp_model.IntVar] = {}
        self.distances = distances(self.problem, self.ii, self.longest)
        if self.distances is None:
            self.cp.add_bool_or([])
        self._starts()
        self._same: dict[tuple[str, str], Literal] = {}
        self._order: dict[tuple[str, str], Literal] = {}
        self._roles()

    # Starts

    def _starts(self) -> None:
        """Starts within their windows around the pinned operation, as slot and stage."""
        windows = {op.name: self.apart_by(self.pin, op.name) for op in self.problem.ops}
        earliest = min(low for low, _ in windows.values())
        self.origin = self.ii * ceil_div(-earliest, self.ii)
        for name, window in windows.items():
            self._place(name, *(self.origin + bound for bound in window))
        lows, highs = zip(*windows.values(), strict=True)
        new = self.cp.new_int_var
        origin = self.origin
        self.first = new(origin + min(lows), origin + min(highs), "first start")
        self.last = new(origin + max(lows), origin + max(highs), "last start")
        longest = self.horizon + max(op.latency for op in self.problem.ops)
        shortest = self.distances.length if self.distances is not None else 0
        longest = max(shortest, min(longest, self.longest or longest))
        self.length = new(shortest, longest, "length")

    def _place(self, name: str, low: int, high: int) -> None:
        """One start, ``II * stage + slot``, from ``low`` to ``high``."""
        lowest, highest = low // self.ii, high // self.ii
        start = self.cp.new_int_var(low, high, f"start {name}")
        if lowest == highest:
            slots = low - self.ii * lowest, high - self.ii * lowest
            slot = self.cp.new_int_var(*slots, f"slot {name}")
            self.cp.add(start == slot + self.ii * lowest)
        else:
            slot = self.cp.new_int_var(0, self.ii - 1, f"slot {name}")
            stage = self.cp.new_int_var(lowest, highest, f"stage {name}")
            self.cp.add(start == slot + self.ii * stage)
        self.slot[name], self.start[name] = slot, start

    def apart_by(self, u: str, v: str) -> tuple[int, int]:
        """The least and the most that v can start after u."""
        if self.distances is None:
            return (0, 0) if u == v else (-self.horizon, self.horizon)
        return self.distances.least(u, v), self.distances.most(u, v)

    @cached_property
    def dependences(self) -> tuple[Dependence, ...]:
        """Stated and implied dependences."""
        return constraint_dependences(self.problem)

    @cached_property
    def flows(self) -> tuple[Dependence, ...]:
        """The dependences that carry values."""
        return tuple(d for d in self.problem.dependences if d.kind == "flow")

    # Roles

    def _roles(self) -> None:
        """on[v][r]: operation v is on role r. Role 0 is the load role where there is one."""
        self.on: dict[str, dict[int, Literal]] = {}
        first = 1 if self.problem.has_load_role else 0
        self.free_roles = range(first, max(self.max_roles, first)) if self.problem.roles else ()
        fixed = self._fixed(first)
        for op in self.problem.ops:
            if self.problem.roles is None:
                continue
            if op.variable_latency:
                self.on[op.name] = {0: self.true}
            elif fixed is not None:
                self.on[op.name] = {fixed[op.name]: self.true}
            elif len(self.free_roles) == 1:
                self.on[op.name] = {first: self.true}
            elif self.cluster(op.name) in self.on:
                self.on[op.name] = self.on[self.cluster(op.name)]
            else:
                self.on[op.name] = {
                    r: self.cp.new_bool_var(f"{op.name} on {r}") for r in self.free_roles
                }

    def _fixed(self, first: int) -> dict[str, int] | None:
        """The role numbers where all roles are required, as lemma 4 has them."""
        labels = self.problem.requirements.roles
        free = [op.name for op in self.problem.ops if not op.variable_latency]
        if not free or any(name not in labels for name in free):
            return None
        numbers = {label: first + i for i, label in enumerate(dict.fromkeys(map(labels.get, free)))}
        return {name: numbers[labels[name]] for name in free}

    def numbered(self, role: Mapping[str, int]) -> dict[str, int]:
        """Role numbers as lemma 4 has them."""
        loads = {name for name, op in self.problem.op.items() if op.variable_latency}
        free = [role[name] for name in self.on if name not in loads]
        first = 1 if loads else 0
        number = {r: first + i for i, r in enumerate(dict.fromkeys(free))}
        return {name: 0 if name in loads else number[role[name]] for name in self.on}

    def cluster(self, name: str) -> str:
        """The first operation that must share its role."""
        return self._clusters.get(name, name)

    @cached_property
    def _clusters(self) -> dict[str, str]:
        """Operations that must share a role: as required, or linked by values kept in registers."""
        wanted = self.problem.requirements
        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(op.name for op in self.problem.ops)
        for names in groups(wanted.roles):
            nx.add_path(graph, names)
        if self.together or wanted.no_handoff:
            kept = (d for d in self.flows if self.problem.op[d.src].in_registers)
            graph.add_edges_from((d.src, d.dst) for d in kept)
        graph.add_edges_from((d.src, d.dst) for d in self.flows if self._too_late(d))
        # The load role has its operations by VARIABLE-LATENCY; nothing can be joined to them.
        graph.remove_nodes_from(op.name for op in self.problem.ops if op.variable_latency)
        order = list(self.problem.op)
        return {
            name: min(component, key=order.index)
            for component in nx.connected_components(graph)
            for name in component
        }

    def _too_late(self, d: Dependence) -> bool:
        """Whether a value would come too late through a hand-off."""
        reads = self.apart_by(d.src, d.dst)[1] + d.distance * self.ii
        return reads < d.delay + self.problem.op[d.src].handoff.latency

    @property
    def role_numbers(self) -> range:
        """All roles, the load role included."""
        last = max((r for on in self.on.values() for r in on), default=-1)
        return range(last + 1)

    def same(self, u: str, v: str) -> Literal:
        """Whether two operations are on one role."""
        if self.problem.roles is None or u == v:
            return self.true
        u, v = self.cluster(u), self.cluster(v)
        if u == v:
            return self.true
        key = (u, v) if u < v else (v, u)
        if key not in self._same:
            self._same[key] = self._link_same(*key)
        return self._same[key]

    def _link_same(self, u: str, v: str) -> Literal:
        if self.on[u].keys().isdisjoint(self.on[v]):
            return self.false
        if len(self.on[u]) == 1 and len(self.on[v]) == 1:
            return self.true
        same = self.cp.new_bool_var(f"{u} with {v}")
        for r in self.on[u]:
            here, there = self.on[u][r], self.on[v][r]
            self.cp.add_bool_or(~here, ~there, same)
            self.cp.add_bool_or(~same, ~here, there)
            self.cp.add_bool_or(~same, ~there, here)
        return same

    def apart(self, u: str, v: str) -> Literal:
        """Whether two operations are on different roles."""
        return negated(self.same(u, v))

    def any_of(self, literals: Iterable[Literal], name: str) -> Literal:
        """A literal equal to the disjunction of others."""
        members = [x for x in dict.fromkeys(literals) if x is not self.false]
        if any(x is self.true for x in members):
            return self.true
        if not members:
            return self.false
        if len(members) == 1:
            return members[0]
        either = self.cp.new_bool_var(name)
        self.cp.add_bool_or([*members, negated(either)])
        for member in members:
            self.cp.add_implication(member, either)
        return either

    @cached_property
    def handed(self) -> dict[str, Literal]:
        """Whether a value is read on another role than its own."""
        readers: dict[str, list[Literal]] = {op.name: [] for op in self.problem.ops}
        for d in self.flows:
            readers[d.src].append(self.apart(d.src, d.dst))
        return {name: self.any_of(apart, f"{name} handed") for name, apart in readers.items()}

    # Order on the circle

    def before(self, u: str, v: str) -> Literal:
        """Whether u's slot comes before v's; shared by units and roles, so orders agree."""
        if (v, u) in self._order:
            return negated(self._order[v, u])
        if (u, v) not in self._order:
            self._order[u, v] = self.cp.new_bool_var(f"{u} before {v}")
        return self._order[u, v]

    def value(self, literal: Literal) -> Expr:
        """A literal in a sum: a number where it is decided by construction."""
        if self.is_true(literal):
            return 1
        return 0 if self.is_false(literal) else literal

    def is_false(self, literal: Literal) -> bool:
        """Whether a literal is false by construction."""
        return literal is self.false or _same_index(literal, negated(self.true))

    def is_true(self, literal: Literal) -> bool:
        """Whether a literal is true by construction."""
        return literal is self.true or _same_index(literal, negated(self.false))


def negated(literal: Literal) -> Literal:
    """The negation of a literal."""
    return literal.negated()


def _same_index(a: Literal, b: Literal) -> bool:
    return a.index == b.index
