"""Starts and roles that satisfy axioms, proposed by Z3, which knows differences and equality."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import z3

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.terms import Terms

OPTIONS = {"random_seed": 0, "arith.solver": 3, "relevancy": 0}
"""Dense difference logic: on these axioms the simplex of Z3 takes ten times as long."""

MOST = (1 << 31) - 1
"""The largest number that Z3 takes as a limit."""

Nothing = Literal["contradiction", "unknown"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Starts, the first at cycle 0, and roles with any names, as Z3 has them."""

    start: Mapping[str, int]
    role: Mapping[str, str]


@dataclass
class Left:
    """What Z3 may still spend: seconds of wall time up to ``until``, and units of its own."""

    until: float
    work: int

    def check(self, solver: z3.Solver, *fixed: z3.BoolRef) -> z3.CheckSatResult:
        """Ask a solver; "unknown" where a limit strikes."""
        seconds = self.until - time.monotonic()
        if seconds <= 0 or self.work <= 0:
            return z3.unknown
        solver.set("timeout", int(min(seconds * 1000 + 1, MOST)))
        solver.set("rlimit", min(self.work, MOST))
        before = _spent(solver)
        answer = solver.check(*fixed)
        self.work -= _spent(solver) - before
        return answer


def _spent(solver: z3.Solver) -> int:
    statistics = solver.statistics()
    known = "rlimit count" in statistics.keys()  # noqa: SIM118 (not a mapping)
    return int(statistics.get_key_value("rlimit count")) if known else 0


class Proposals:
    """One run of Z3, fed with axioms as they are found."""

    def __init__(self, axioms: Axioms) -> None:
        self.terms = Terms(axioms)
        self.solver = new_solver()
        names = self.terms.number.items()
        context = self.solver.ctx
        self.start = {name: z3.Int(f"s{i}", context) for name, i in names}
        sort = z3.DeclareSort("Role", context)
        self.role = {name: z3.Const(f"r{i}", sort) for name, i in names}
        self.has_roles = axioms.period.problem.roles is not None

    def next(self, left: Left, role: Mapping[str, str] | None = None) -> Proposal | Nothing:
        """A proposal that satisfies all axioms so far, with these roles if they are given.

        With them Z3 is soon done, and what it learns so helps with any.
        """
        self.solver.from_string(self.terms.new())
        answer = left.check(self.solver, *self._fixed(role or {}))
        if answer == z3.sat:
            return self._proposal(self.solver.model())
        return "contradiction" if answer == z3.unsat else "unknown"

    def _fixed(self, role: Mapping[str, str]) -> list[z3.BoolRef]:
        """Each operation with the first one of its role, and these apart."""
        first: dict[str, str] = {}
        for name, where in role.items():
            first.setdefault(where, name)
        together = [self.role[u] == self.role[first[where]] for u, where in role.items()]
        return together + [self.role[u] != self.role[v] for u, v in combinations(first.values(), 2)]

    def _proposal(self, model: z3.ModelRef) -> Proposal:
        start = {name: _int(model, term) for name, term in self.start.items()}
        first = min(start.values())
        role = {name: model.eval(term).sexpr() for name, term in self.role.items()}
        return Proposal(
            {name: at - first for name, at in start.items()}, role if self.has_roles else {}
        )


def new_solver() -> z3.Solver:
    """A solver with our options, in a context of its own: what was asked before changes nothing."""
    solver = z3.SimpleSolver(ctx=z3.Context())
    for name, value in OPTIONS.items():
        solver.set(name, value)
    return solver


def _int(model: z3.ModelRef, term: z3.ArithRef) -> int:
    return int(model.eval(term, model_completion=True).as_long())
