"""From axioms that allow no schedule to a contradiction in propositional logic.

CaDiCaL proposes which statements hold. Where they speak of starts in circles, or share roles
without sharing them with each other, what forbids that becomes an axiom.
"""

from __future__ import annotations

import numpy as np

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.budgets import Budgets
from twill.solver.proof.candidate import Candidate
from twill.solver.proof.ground import Ground
from twill.solver.proof.partition import Partition
from twill.solver.proof.saturate import saturate
from twill.solver.proof.support import Mask, Support
from twill.solver.proof.theory import Differences
from twill.solver.proof.units import Units

ENGINE = "cadical195"

PAIRS = 2
"""Circuits of so many statements are also looked for among statements that nothing needs."""


class Closing:
    """One run of the propositional solver, fed with axioms as they are found."""

    def __init__(self, axioms: Axioms, ground: Ground) -> None:
        from pysat.solvers import Solver

        self.axioms = axioms
        self.differences = Differences(axioms, ground)
        self.partition = Partition(axioms)
        self.budgets = Budgets(axioms)
        self.support = Support(axioms)
        self.solver = Solver(name=ENGINE)
        self.units = Units(axioms)
        self._met = self._fed = 0

    def saturate(self) -> Ground | None:
        """The ground that is decided without a search; None where that is a contradiction."""
        self._feed()
        ground = saturate(self.axioms, self.units)
        if ground is not None:
            self.differences.ground = ground
        return ground

    def end(self) -> None:
        """Give the memory back."""
        self.solver.delete()

    def contradiction(self) -> bool:
        """Whether the axioms so far contradict each other."""
        self._feed()
        return not self.solver.solve()

    def candidate(self) -> Candidate | None:
        """What the solver proposes, if nothing that it says is a contradiction by itself."""
        model = self._model()
        if self.partition.contradict(model) + self._contradict(model):
            return None
        start = self.differences.starts(self._needed)
        return Candidate(self.axioms, start, self.partition.roles(model))

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
