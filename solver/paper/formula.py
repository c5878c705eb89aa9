"""A formula over Booleans in SMT-LIB text: clauses and sums, no engine needed to write it.

A literal is a whole number, minus for negation; ``TRUE`` and ``FALSE`` are constants. Text is
parsed by the engine many times faster than terms are built through its Python interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TRUE = 1
FALSE = -1


class Formula:
    """Clauses and linear sums over numbered Boolean variables."""

    def __init__(self) -> None:
        self._lines: list[str] = ["(declare-const v1 Bool)(assert v1)"]
        self._count = 1
        self.clauses = 0
        self.sums = 0

    def new(self) -> int:
        """A fresh variable, as its positive literal."""
        self._count += 1
        self._lines.append(f"(declare-const v{self._count} Bool)")
        return self._count

    def clause(self, *literals: int) -> None:
        """At least one of the literals holds."""
        kept = [literal for literal in literals if literal != FALSE]
        if TRUE in kept:
            return
        self.clauses += 1
        if not kept:
            self._lines.append("(assert false)")
        elif len(kept) == 1:
            self._lines.append(f"(assert {name(kept[0])})")
        else:
            self._lines.append(f"(assert (or {' '.join(map(name, kept))}))")

    def implies(self, *literals: int) -> None:
        """All but the last literal together imply the last."""
        self.clause(*(-literal for literal in literals[:-1]), literals[-1])

    def both(self, one: int, other: int) -> int:
        """A literal that holds where both do; it may hold elsewhere."""
        if FALSE in (one, other):
            return FALSE
        if one in (TRUE, other):
            return other
        if other == TRUE:
            return one
        literal = self.new()
        self.implies(one, other, literal)
        return literal

    def at_most(self, terms: Iterable[tuple[int, int]], bound: int) -> None:
        """The weights of the true literals sum to at most ``bound``; (weight, literal) pairs."""
        kept: list[tuple[int, int]] = []
        for weight, literal in terms:
            if literal == TRUE:
                bound -= weight
            elif literal != FALSE and weight:
                kept.append((weight, literal))
        if bound < 0:
            self.clause()
        elif sum(weight for weight, _ in kept) > bound:
            self.sums += 1
            self._lines.append(f"(assert ({_operator(kept, bound)} {_names(kept)}))")

    def exactly(self, literals: Sequence[int], count: int) -> None:
        """Exactly ``count`` of the literals hold."""
        self.at_most([(1, literal) for literal in literals], count)
        self.at_most([(1, -literal) for literal in literals], len(literals) - count)

    def text(self) -> str:
        """The formula in SMT-LIB 2, with Z3's words for sums."""
        return "\n".join(self._lines)


def name(literal: int) -> str:
    """A literal in SMT-LIB."""
    return f"v{literal}" if literal > 0 else f"(not v{-literal})"


def _operator(terms: list[tuple[int, int]], bound: int) -> str:
    if all(weight == 1 for weight, _ in terms):
        return f"(_ at-most {bound})"
    return f"(_ pble {bound} {' '.join(str(weight) for weight, _ in terms)})"


def _names(terms: list[tuple[int, int]]) -> str:
    return " ".join(name(literal) for _, literal in terms)
