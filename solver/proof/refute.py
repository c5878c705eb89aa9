"""Looks for a refutation of one II: a set of axioms that contradict each other.

A propositional solver proposes which statements about starts and roles hold. Where those about
starts contradict each other, the circuits that show it become axioms. Where they do not, they
give a candidate, and what is wrong with it becomes axioms. It ends when the axioms contradict
each other, or when nothing is wrong with a candidate: then it is a schedule.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from twill.check.period import Period
from twill.problem import Problem
from twill.solver.proof.axioms import Axioms
from twill.solver.proof.broken import add_broken
from twill.solver.proof.budgets import Budgets
from twill.solver.proof.candidate import Candidate
from twill.solver.proof.ground import Ground, lay_ground
from twill.solver.proof.stated import state_capacity, state_roles, state_streams, state_timing
from twill.solver.proof.support import Mask, Support
from twill.solver.proof.theory import Differences
from twill.solver.symmetry import ordered_pairs

ENGINE = "cadical195"

PAIRS = 2
"""Circuits of so many statements are also looked for among statements that nothing needs."""


@dataclass(frozen=True, slots=True)
class Effort:
    """At most so many ``rounds`` of proposal and answer, and ``seconds`` of wall time."""

    rounds: int = 1_000_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Axioms that contradict each other, after so many rounds."""

    axioms: Axioms
    rounds: int


@dataclass(frozen=True, slots=True)
class Found:
    """Starts and role numbers of a schedule, the load role 0: there is nothing to refute."""

    start: dict[str, int]
    role: dict[str, int]
    rounds: int


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The effort was spent. This says nothing about the II."""

    rounds: int


Answer = Contradiction | Found | GaveUp


def refute(
    problem: Problem,
    ii: int,
    effort: Effort | None = None,
) -> Answer:
    """Contradictory axioms at one II, or a schedule; the same input and rounds give the same."""
    effort = effort or Effort()
    pairs = tuple((v, w) for v, w, _ in ordered_pairs(problem))
    axioms = Axioms(Period(problem, ii, pairs))
    state_timing(axioms)
    state_roles(axioms)
    ground = lay_ground(axioms)
    if ground is None:
        return Contradiction(axioms, 0)
    state_capacity(axioms, ground)
    state_streams(axioms, ground)
    return _Search(axioms, ground).run(effort)


class _Search:
    """One run of the propositional solver, fed with axioms as they are found."""

    def __init__(self, axioms: Axioms, ground: Ground) -> None:
        from pysat.solvers import Solver

        self.axioms = axioms
        self.differences = Differences(axioms, ground)
        self.budgets = Budgets(axioms)
        self.support = Support(axioms)
        self.solver = Solver(name=ENGINE)
        self._met = self._fed = 0

    def run(self, effort: Effort) -> Answer:
        until = time.monotonic() + effort.seconds
        try:
            for rounds in range(effort.rounds):
                self._feed()
                if not self.solver.solve():
                    return Contradiction(self.axioms, rounds)
                model = self._model()
                if not self._contradict(model):
                    candidate = self._candidate(model)
                    if not add_broken(candidate):
                        return self._found(candidate, rounds)
                if time.monotonic() > until:
                    return GaveUp(rounds)
            return GaveUp(effort.rounds)
        finally:
            self.solver.delete()

    def _found(self, candidate: Candidate, rounds: int) -> Found:
        """The candidate, its roles numbered as everywhere: the loads' first, if there are any."""
        op = self.axioms.period.problem.op
        order = sorted(candidate.role, key=lambda name: not op[name].variable_latency)
        numbers = {r: i for i, r in enumerate(dict.fromkeys(candidate.role[n] for n in order))}
        role = {name: numbers[where] for name, where in candidate.role.items()}
        return Found(dict(candidate.start), role, rounds)

    def _feed(self) -> None:
        """Give the solver what is new, with the order of the atoms that it speaks of."""
        while self._met < len(self.axioms.atoms):
            self._order(self._met)
            self._met += 1
        for clause in self.axioms.clauses[self._fed :]:
            self.solver.add_clause(clause)
        self._fed = len(self.axioms.clauses)
        self.support.read()

    def _order(self, number: int) -> None:
        atom = self.axioms.atoms[number]
        if atom[0] == "after":
            self.differences.meet(number)
        elif atom[0] == "needs":
            self.budgets.meet(atom)

    def _model(self) -> Mask:
        values = np.zeros(len(self.axioms.atoms), dtype=np.bool_)
        model = np.array(self.solver.get_model()[: len(values)])
        values[: len(model)] = model > 0
        return values

    def _contradict(self, model: Mask) -> int:
        """Circuits among what is needed; if there are any, also short ones among all."""
        needed = self.differences.longest(model, self.support.of(model))
        most = len(self.differences.ground.names)
        new = self.differences.contradict(needed, most)
        if new:
            new += self.differences.contradict(self.differences.longest(model), PAIRS)
        self._needed = needed
        return new

    def _candidate(self, model: Mask) -> Candidate:
        start = self.differences.starts(self._needed)
        return Candidate(self.axioms, start, self._roles(model))

    def _roles(self, model: Mask) -> dict[str, str]:
        """Roles numbered as they occur; sharing one is transitive by axiom."""
        problem = self.axioms.period.problem
        if problem.roles is None:
            return {}
        role: dict[str, str] = {}
        for name in problem.op:
            mates = (other for other in role if self._share(model, other, name))
            mate = next(mates, None)
            role[name] = str(len(set(role.values()))) if mate is None else role[mate]
        return role

    def _share(self, model: Mask, u: str, v: str) -> bool:
        variable = self.axioms.variable(("same", min(u, v), max(u, v)))
        return variable is not None and bool(model[variable - 1])
