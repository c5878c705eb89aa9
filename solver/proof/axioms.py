"""A growing set of axioms, as clauses over numbered variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twill.check.atoms import Atom, Clause, Literal, Trivial
from twill.check.period import Period
from twill.check.rules import TRUSTING


@dataclass
class Axioms:
    """Axioms of a problem at one II: what the rules of ``twill.check`` make of arguments.

    ``steps[i]`` is the rule with its arguments that gave ``clauses[i]``; literal +n or -n of a
    clause is ``atoms[n - 1]`` or its negation.
    """

    period: Period
    atoms: list[Atom] = field(default_factory=list)
    steps: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    clauses: list[list[int]] = field(default_factory=list)
    _variable: dict[Atom, int] = field(default_factory=dict)
    _seen: set[Clause] = field(default_factory=set)

    def add(self, rule: str, *arguments: Any) -> int:
        """Add an axiom; how many are new: 0 where it says nothing or is there already."""
        try:
            clause = TRUSTING[rule](self.period, *arguments)
        except Trivial:
            return 0
        if clause in self._seen:
            return 0
        self._seen.add(clause)
        self.steps.append((rule, arguments))
        self.clauses.append([self._number(literal) for literal in sorted(clause)])
        return 1

    def variable(self, atom: Atom) -> int | None:
        """The number of an atom, None where no axiom speaks of it."""
        return self._variable.get(atom)

    def _number(self, literal: Literal) -> int:
        number = self._variable.get(literal.atom)
        if number is None:
            self.atoms.append(literal.atom)
            number = self._variable[literal.atom] = len(self.atoms)
        return number if literal.holds else -number
