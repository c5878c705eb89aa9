"""What Z3 finds out about starts and roles on its way to a contradiction, as axioms.

A clause that it infers about starts says that time would gain around a circuit; one about roles,
that sharing one is transitive. Not all of them need be understood: what is missing is found
afterwards, as anything else is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import z3
from z3 import z3core
from z3.z3 import to_Ast, to_AstVectorObj

from twill.solver.proof.axioms import Axioms
from twill.solver.proof.ground import Arc, Ground
from twill.solver.proof.proposals import Left, new_solver
from twill.solver.proof.terms import Terms

INFERRED = "smt"
"""The hint that Z3 gives with a clause that a theory implies."""

BATCH = 1000
"""Lemmas that are looked at together, so as not to take much memory."""


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


def learn(axioms: Axioms, ground: Ground, left: Left) -> bool:
    """Let Z3 contradict the axioms once more and add what it says on the way; whether it does."""
    solver = new_solver()
    heard = _Heard(solver)
    solver.from_string(Terms(axioms).new())
    if left.check(solver) != z3.unsat:
        return False
    circuits: dict[int, list[list[Starts]]] = defaultdict(list)
    for lemma in heard.lemmas:
        denied = [each for each in lemma if isinstance(each, Starts)]
        if len(denied) == len(lemma):
            circuits[len(lemma)].append(denied)
        else:
            _share(axioms, [each for each in lemma if isinstance(each, Together)])
    for some in circuits.values():
        for at in range(0, len(some), BATCH):
            for arcs in _shortest(ground, some[at : at + BATCH]):
                axioms.add("circuit", sorted(arcs))
    return True


class _Heard:
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
            self._known[number] = (term, _contrary(term))
        return number


def _contrary(term: z3.ExprRef) -> Said:
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


def _share(axioms: Axioms, lemma: Iterable[Together]) -> None:
    """That two operations share a role since each of a chain shares one with the next."""
    names = [op.name for op in axioms.period.problem.ops]
    next_to: dict[int, list[int]] = defaultdict(list)
    apart = [(each.u, each.v) for each in lemma if not each.holds]
    for each in lemma:
        if each.holds:
            next_to[each.u].append(each.v)
            next_to[each.v].append(each.u)
    for u, v in apart:
        chain = _chain(next_to, u, v)
        for a, b in pairwise(chain[1:]):
            axioms.add("transitive", names[u], names[a], names[b])


def _chain(next_to: dict[int, list[int]], u: int, v: int) -> list[int]:
    """The fewest operations from one to the other, empty if none lead there."""
    chains = [[u]]
    met = {u}
    for chain in chains:
        if chain[-1] == v:
            return chain
        for other in next_to[chain[-1]]:
            if other not in met:
                met.add(other)
                chains.append([*chain, other])
    return []


def _shortest(ground: Ground, lemmas: list[list[Starts]]) -> Iterator[list[Arc]]:
    """Of each lemma the circuit of the fewest of its arcs that gains time over the ground."""
    src, dst, cycles = (
        np.array([[getattr(arc, name) for arc in lemma] for lemma in lemmas])
        for name in ("src", "dst", "cycles")
    )
    link = ground.least[dst[:, :, None], src[:, None, :]] + cycles[:, None, :]
    path, via, left = link, list[Any](), np.arange(len(lemmas))
    for _ in range(src.shape[1]):
        gains = np.diagonal(path, axis1=1, axis2=2) > 0
        closed = gains.any(axis=1)
        for at in np.nonzero(closed)[0]:
            order = _back([by[at] for by in via], int(gains[at].argmax()))
            yield _arcs(ground, [lemmas[left[at]][i] for i in order])
        left, link, path = left[~closed], link[~closed], path[~closed]
        via = [by[~closed] for by in via]
        if not len(left):
            return
        sums = path[:, :, :, None] + link[:, None, :, :]
        path = sums.max(axis=2)
        via.append(sums.argmax(axis=2))


def _back(via: list[Any], start: int) -> list[int]:
    """The arcs of a closed path, read back from where its parts met."""
    order = [start]
    for by in reversed(via):
        order.append(int(by[start, order[-1]]))
    return order[::-1]


def _arcs(ground: Ground, circuit: list[Starts]) -> list[Arc]:
    arcs: list[Arc] = []
    names = ground.names
    for arc, following in zip(circuit, [*circuit[1:], circuit[0]], strict=True):
        arcs.append([names[arc.src], names[arc.dst], arc.cycles])
        arcs += ground.path(arc.dst, following.src)
    return arcs
