"""Axioms in the words of Z3: text of SMT-LIB, which it reads much faster than terms are built.

The start of operation i is the whole number ``s<i>``, its role the value ``r<i>`` of a sort, and
a budget of at least b registers a property ``n<b>`` of roles. So Z3 knows by itself in which
circuits time would gain, that sharing a role is transitive, and that a role has one budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twill.check.atoms import Atom
from twill.solver.proof.axioms import Axioms

EQUALITY = frozenset(("transitive", "needs_same", "needs_order"))
"""Rules of which Z3 need not be told."""


class Terms:
    """What one run of Z3 has been told of axioms, and what is new."""

    def __init__(self, axioms: Axioms) -> None:
        self.axioms = axioms
        self.number = {op.name: i for i, op in enumerate(axioms.period.problem.ops)}
        self._words: list[str] = []
        self._told = 0
        self._declared = False
        self._budgets: list[int] = []

    def new(self) -> str:
        """Declarations and axioms that have not been told yet."""
        lines = [] if self._declared else list(self._operations())
        self._declared = True
        for number in range(len(self._words), len(self.axioms.atoms)):
            lines += self._meet(number, self.axioms.atoms[number])
        steps, clauses = self.axioms.steps, self.axioms.clauses
        for (rule, _), clause in zip(steps[self._told :], clauses[self._told :], strict=True):
            if rule not in EQUALITY and rule != "circuit":
                lines.append(f"(assert {self._either(clause)})")
        self._told = len(clauses)
        return "\n".join(lines)

    def _operations(self) -> Iterator[str]:
        yield "(declare-sort Role 0)"
        for i in self.number.values():
            yield f"(declare-const s{i} Int)(declare-const r{i} Role)"

    def _meet(self, number: int, atom: Atom) -> Iterator[str]:
        """The word for a new atom, and what is to be declared for it."""
        kind, *rest = atom
        if kind == "after":
            u, v, cycles = rest
            self._words.append(f"(>= (- {self._of('s', v)} {self._of('s', u)}) {_number(cycles)})")
        elif kind == "same":
            u, v = rest
            self._words.append(f"(= {self._of('r', u)} {self._of('r', v)})")
        elif kind == "needs":
            name, budget = rest
            assert isinstance(budget, int)
            yield from self._budget(budget)
            self._words.append(f"(n{budget} {self._of('r', name)})")
        else:
            self._words.append(f"b{number}")
            yield f"(declare-const b{number} Bool)"

    def _of(self, kind: str, name: str | int) -> str:
        assert isinstance(name, str)
        return f"{kind}{self.number[name]}"

    def _budget(self, budget: int) -> Iterator[str]:
        """A new budget: whoever needs more needs it as well."""
        if budget in self._budgets:
            return
        yield f"(declare-fun n{budget} (Role) Bool)"
        less = [other for other in self._budgets if other < budget]
        more = [other for other in self._budgets if other > budget]
        self._budgets.append(budget)
        order = [(budget, max(less))] if less else []
        order += [(min(more), budget)] if more else []
        for high, low in order:
            for i in self.number.values():
                yield f"(assert (=> (n{high} r{i}) (n{low} r{i})))"

    def _either(self, clause: Iterable[int]) -> str:
        words = [self._words[x - 1] if x > 0 else f"(not {self._words[-x - 1]})" for x in clause]
        if len(words) == 1:
            return words[0]
        return f"(or {' '.join(words)})" if words else "false"


def _number(cycles: str | int) -> str:
    assert isinstance(cycles, int)
    return str(cycles) if cycles >= 0 else f"(- {-cycles})"
