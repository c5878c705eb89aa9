"""The order of register budgets, and that operations of one role share one."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict

from twill.check.atoms import Atom
from twill.solver.proof.axioms import Axioms


class Budgets:
    """The atoms ``needs u b`` met so far."""

    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        self._known: dict[str, list[int]] = defaultdict(list)

    def meet(self, atom: Atom) -> None:
        """A new atom: place it among those of its operation, share it with others."""
        _, name, budget = atom
        assert isinstance(name, str)
        assert isinstance(budget, int)
        known = self._known[name]
        for other in known:
            self.axioms.add("needs_order", name, *sorted((other, budget)))
        insort(known, budget)
        op = self.axioms.period.problem.op
        for other_name in op:
            apart = op[other_name].variable_latency != op[name].variable_latency
            if other_name != name and not apart:
                self.axioms.add("needs_same", name, other_name, budget)
                self.axioms.add("needs_same", other_name, name, budget)
