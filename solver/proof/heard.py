"""What Z3 infers about starts and roles while it searches, heard clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import z3
from z3 import z3core
from z3.z3 import to_Ast, to_AstVectorObj

INFERRED = "smt"
"""The hint that Z3 gives with a clause that a theory implies."""


@dataclass(frozen=True, slots=True)
class Starts:
    """start[dst] >= start[src] + cycles, by numbers of operations."""

    src: int
    dst: int
    cycles: int


@dataclass(frozen=True, slots=True)
class Together:
    """Whether two operations share a role."""

    u: int
    v: int
    holds: bool


Said = Starts | Together | None


class Heard:
    """The contraries of the literals of every inferred clause, each clause once.

    It listens below ``z3.OnClause``, which wraps every term of every clause: that would take
    longer than the search.
    """

    def __init__(self, solver: z3.Solver) -> None:
        self.context = solver.ctx
        self._lemmas: dict[tuple[int, ...], None] = {}
        self._known: dict[int, tuple[z3.ExprRef, Said]] = {}
        self._inferred: dict[int, tuple[z3.ExprRef, bool]] = {}
        self._listener = z3core.Z3_on_clause_eh(self._hear)
        reference = self.context.ref()
        z3core.Z3_solver_register_on_clause(reference, solver.solver, None, self._listener)

    @property
    def lemmas(self) -> Iterator[list[Said]]:
        """What each clause says cannot all be."""
        return ([self._known[literal][1] for literal in lemma] for lemma in self._lemmas)

    def _hear(self, _user: object, hint: int, _size: int, _used: object, clause: int) -> None:
        known = self._inferred.get(hint)
        if not (known or self._meet(hint))[1]:
            return
        reference, vector = self.context.ref(), to_AstVectorObj(clause)
        size = z3core.Z3_ast_vector_size(reference, vector)
        some = (z3core.Z3_ast_vector_get(reference, vector, i) for i in range(size))
        self._lemmas[tuple(map(self._literal, some))] = None

    def _meet(self, hint: int) -> tuple[z3.ExprRef, bool]:
        """A hint that is new, kept so that its address stays its own."""
        term = z3.ExprRef(to_Ast(hint), self.context)
        self._inferred[hint] = (term, term.decl().name() == INFERRED)
        return self._inferred[hint]

    def _literal(self, ast: Any) -> int:
        """Its address, kept likewise."""
        number: int = ast.value
        if number not in self._known:
            term = z3.BoolRef(ast, self.context)
            self._known[number] = (term, contrary(term))
        return number


def contrary(term: z3.ExprRef) -> Said:
    """What holds where a literal does not."""
    holds = bool(z3.is_not(term))
    atom = term.arg(0) if holds else term
    if z3.is_eq(atom) and str(atom.arg(0)).startswith("r"):
        return Together(_number(atom.arg(0)), _number(atom.arg(1)), holds)
    if not (z3.is_le(atom) or z3.is_ge(atom)) or not z3.is_add(atom.arg(0)):
        return None
    one, other = atom.arg(0).children()
    if not (z3.is_const(one) and z3.is_mul(other)):
        return None
    u, v, most = _number(one), _number(other.arg(1)), atom.arg(1).as_long()
    if z3.is_le(atom):  # s<u> - s<v> <= most, else >= most
        return Starts(u, v, -most) if holds else Starts(v, u, most + 1)
    return Starts(v, u, most) if holds else Starts(u, v, 1 - most)


def _number(constant: z3.ExprRef) -> int:
    return int(str(constant)[1:])
