"""What Z3 infers about starts and roles while it searches, heard clause by clause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ctypes import PYFUNCTYPE, c_uint, c_void_p, cast
from dataclasses import dataclass
from inspect import signature
from typing import Any

import z3
from z3 import z3core
from z3.z3 import to_Ast

INFERRED = "smt"
"""The hint that Z3 gives with a clause that a theory implies."""

LITERAL = re.compile(
    r"(?P<denied>\(not )?\((?:= r(?P<same>\d+) r(?P<as>\d+)"
    r"|(?P<relation>[<>]=) \(\+ s(?P<u>\d+) \(\* \(- 1\) s(?P<v>\d+)\)\)"
    r" (?P<minus>\(- )?(?P<size>\d+)(?(minus)\)))\)(?(denied)\))"
)
"""Whether two roles are the same, or how far two starts are apart, and the contrary of both."""


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
    longer than the search. A literal is wrapped once; otherwise only its address is looked at.
    """

    def __init__(self, solver: z3.Solver) -> None:
        self.context = solver.ctx
        self._lemmas: dict[tuple[int, ...], None] = {}
        self._known: dict[int, tuple[z3.ExprRef, Said]] = {}
        self._inferred: dict[int, tuple[z3.ExprRef, bool]] = {}
        self._listener = z3core.Z3_on_clause_eh(self._hear)
        self._reference = c_void_p(self.context.ref().value)
        self._size = _plain(z3core.Z3_ast_vector_size, c_uint, c_void_p, c_void_p)
        self._get = _plain(z3core.Z3_ast_vector_get, c_void_p, c_void_p, c_void_p, c_uint)
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
        reference, get = self._reference, self._get
        lemma = tuple([get(reference, clause, i) for i in range(self._size(reference, clause))])
        if lemma not in self._lemmas:
            self._lemmas[lemma] = None
            for literal in lemma:
                if literal not in self._known:
                    self._keep(literal)

    def _meet(self, hint: int) -> tuple[z3.ExprRef, bool]:
        """A hint that is new, kept so that its address stays its own."""
        term = z3.ExprRef(to_Ast(hint), self.context)
        self._inferred[hint] = (term, term.decl().name() == INFERRED)
        return self._inferred[hint]

    def _keep(self, literal: int) -> None:
        """A literal likewise, and what it says."""
        term = z3.BoolRef(to_Ast(literal), self.context)
        self._known[literal] = (term, contrary(term.sexpr()))


def _plain(wrapper: Callable[..., Any], *types: Any) -> Callable[..., int]:
    """The function of Z3's library behind a wrapper, with nothing of Python around it.

    ``types``: of its result and of what it takes. It has no error to report here, and takes less
    than its wrapper looks for one.
    """
    function = signature(wrapper).parameters["_elems"].default.f
    address = cast(function, c_void_p).value
    assert address is not None
    return PYFUNCTYPE(*types)(address)


def contrary(literal: str) -> Said:
    """What holds where a literal, in the words of SMT-LIB, does not."""
    found = LITERAL.fullmatch(literal)
    if found is None:
        return None
    holds = found["denied"] is not None
    if found["same"]:
        return Together(int(found["same"]), int(found["as"]), holds)
    u, v, most = int(found["u"]), int(found["v"]), int(found["size"])
    most *= -1 if found["minus"] else 1
    if found["relation"] == "<=":  # s<u> - s<v> <= most, else >= most
        return Starts(u, v, -most) if holds else Starts(v, u, most + 1)
    return Starts(v, u, most) if holds else Starts(u, v, 1 - most)
