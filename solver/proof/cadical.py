"""A propositional proof by CaDiCaL, with the clauses from which each step follows.

Through the functions below the public classes of python-sat, since only they can be told to
write FRAT with antecedents; the version of python-sat is pinned for that. What comes out is
trimmed and then checked by ``twill.check``, so nothing here is trusted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A clause and the numbers of the steps or axioms from which it follows, in that order."""

    literals: tuple[int, ...]
    hints: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The additions of a proof and the axioms, by the solver's numbers; axioms by their place."""

    axioms: dict[int, int]
    steps: dict[int, Step]


def prove(clauses: list[list[int]]) -> Trace | None:
    """A proof that the clauses contradict each other; None where they do not."""
    import pysolvers

    if [] in clauses:  # the solver has no step for that
        return Trace({1: clauses.index([])}, {2: Step((), (1,))})
    with tempfile.TemporaryFile("w+") as proof:
        solver = pysolvers.cadical195_new()
        pysolvers.cadical195_set(solver, "binary", 0)
        pysolvers.cadical195_set(solver, "frat", 1)  # with antecedents; before the trace starts
        pysolvers.cadical195_tracepr(solver, proof)
        for clause in clauses:
            pysolvers.cadical195_add_cl(solver, clause)
        satisfiable = pysolvers.cadical195_solve(solver, [], 0)
        pysolvers.cadical195_del(solver, proof)
        if satisfiable:
            return None
        proof.seek(0)
        return _read(proof, clauses)


def _read(lines: Iterable[str], clauses: list[list[int]]) -> Trace:
    """Axioms are found again by content: the solver numbers them in its own way."""
    number = {frozenset(clause): i for i, clause in enumerate(clauses)}
    axioms: dict[int, int] = {}
    steps: dict[int, Step] = {}
    for line in lines:
        kind, *fields = line.split()
        if kind == "o":
            axioms[int(fields[0])] = number[frozenset(map(int, fields[1:-1]))]
        elif kind == "a":
            end = fields.index("0")
            literals = tuple(map(int, fields[1:end]))
            hints = tuple(map(int, fields[end + 2 : -1]))
            steps[int(fields[0])] = Step(literals, hints)
    return Trace(axioms, steps)
