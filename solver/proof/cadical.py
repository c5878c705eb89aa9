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
    """The additions of a proof by the solver's numbers, and how it numbers the input."""

    inputs: dict[int, list[str]]
    steps: dict[int, Step]
    place: dict[frozenset[int], int]

    def axiom(self, number: int) -> int | None:
        """The place in the input of what has that number, if it is none of the steps.

        The solver numbers clauses in its own way, so they are found again by content.
        """
        literals = self.inputs.get(number)
        return None if literals is None else self.place[frozenset(map(int, literals))]


def prove(clauses: list[list[int]]) -> Trace | None:
    """A proof that the clauses contradict each other; None where they do not."""
    import pysolvers

    if [] in clauses:  # the solver has no step for that
        return Trace({1: []}, {2: Step((), (1,))}, {frozenset(): clauses.index([])})
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
    inputs: dict[int, list[str]] = {}
    steps: dict[int, Step] = {}
    for line in lines:
        kind, *fields = line.split()
        if kind == "o":
            inputs[int(fields[0])] = fields[1:-1]
        elif kind == "a":
            end = fields.index("0")
            literals = tuple(map(int, fields[1:end]))
            hints = tuple(map(int, fields[end + 2 : -1]))
            steps[int(fields[0])] = Step(literals, hints)
    return Trace(inputs, steps, {frozenset(clause): i for i, clause in enumerate(clauses)})
