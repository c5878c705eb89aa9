"""A growing set of axioms, as clauses over numbered variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twill.check.atoms import Atom, Clause, Trivial
from twill.check.period import Period
from twill.check.rules import RULES


@dataclass
class Axioms:
    """Axioms of a problem at one II: what the rules of ``twill.check`` make of arguments."""

    period: Period
    variable: dict[Atom, int] = field(default_factory=dict)
    atoms: list[Atom] = field(default_factory=list)
    steps: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    clauses: list[list[int]] = field(default_factory=list)
    _seen: set[Clause] = field(default_factory=set)

    def add(self, rule: str, *arguments: Any) -> bool:
        """Add an axiom; False where it says nothing or is there already."""
        try:
            clause = RULES[rule](self.period, *arguments)
        except Trivial:
            return False
        if clause in self._seen:
            return False
        self._seen.add(clause)
        self.steps.append((rule, arguments))
        self.clauses.append(
            [self._number(x.atom) if x.holds else -self._number(x.atom) for x in clause]
        )
        return True

    def _number(self, atom: Atom) -> int:
        number = self.variable.get(atom)
        if number is None:
            self.atoms.append(atom)
            number = self.variable[atom] = len(self.atoms)
        return number
