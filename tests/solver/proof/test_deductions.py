"""What is concluded without a search: unit propagation, partitions of roles, terms for Z3."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import z3

from benchmarks.cases import tight
from tests.solver.proof.recorded import proposed, stated
from twill.check.period import Period
from twill.problem import Op, Problem, RoleLimits
from twill.solver.proof.axioms import Axioms
from twill.solver.proof.partition import Partition
from twill.solver.proof.proposals import new_solver
from twill.solver.proof.saturate import saturate
from twill.solver.proof.terms import Terms
from twill.solver.proof.units import Units


def four() -> Axioms:
    """Four operations without anything between them."""
    ops = tuple(Op(name) for name in "ABCD")
    return Axioms(Period(Problem("four", ops, (), (), roles=RoleLimits(4, 16, 1)), 3))


def naive(clauses: list[list[int]]) -> set[int] | None:
    """Clause after clause, from the first on after each that decides something."""
    true: set[int] = set()
    while True:
        for clause in clauses:
            open_ = [x for x in clause if -x not in true]
            if not open_:
                return None
            if len(open_) == 1 and open_[0] not in true:
                true.add(open_[0])
                break
        else:
            return true


@pytest.mark.parametrize("seed", range(60))
def test_units_are_those_of_a_naive_propagation(seed: int) -> None:
    """Clause after clause, a few at a time."""
    rng = random.Random(seed)  # noqa: S311  # not for cryptography
    axioms = four()
    units = Units(axioms)
    for _ in range(12):
        for _ in range(rng.randint(1, 4)):
            chosen = rng.sample(range(1, 13), rng.choice((1, 2, 2, 3)))
            axioms.clauses.append([x * rng.choice((1, -1)) for x in chosen])
        units.read()
        expected = naive(axioms.clauses)
        assert units.contradiction == (expected is None)
        if expected is None:
            return
        assert set(units.true) == expected


def test_shared_roles_are_followed() -> None:
    """A with B, B with C, not C with D: so A with C, and D with none of them."""
    axioms = four()
    for u, v, w in ("ABC", "BCD", "ABD", "ACD"):
        axioms.add("transitive", u, v, w)
    number = {atom: axioms.variable(atom) or 0 for atom in axioms.atoms}
    decided = {"A B": True, "B C": True, "C D": False}
    for pair, holds in decided.items():
        literal = number["same", *pair.split()]
        axioms.clauses.append([literal if holds else -literal])
        axioms.steps.append(("given", ()))
    units = Units(axioms)
    assert saturate(axioms, units) is not None
    known = {axioms.atoms[abs(x) - 1][1:]: x > 0 for x in units.true}
    assert known == {
        ("A", "B"): True, ("B", "C"): True, ("A", "C"): True,
        ("C", "D"): False, ("B", "D"): False, ("A", "D"): False,
    }  # fmt: skip


def test_a_relation_that_is_not_transitive_is_contradicted() -> None:
    """The axiom that it breaks is added, and none where it is transitive."""
    axioms = four()
    axioms.add("transitive", "A", "B", "C")
    partition = Partition(axioms)
    shared = np.array([set(atom[1:]) != {"A", "C"} for atom in axioms.atoms])
    axioms.clauses.clear()
    axioms._seen.clear()
    assert partition.contradict(shared) == 1
    assert axioms.steps[-1][0] == "transitive"
    assert partition.contradict(np.ones(len(axioms.atoms), dtype=np.bool_)) == 0
    assert partition.roles(np.ones(len(axioms.atoms), dtype=np.bool_)) == {
        "A": "A", "B": "A", "C": "A", "D": "D",
    }  # fmt: skip


def test_z3_is_told_all_that_the_axioms_say() -> None:
    """Axioms that allow a proposal as text allow the same one as clauses, and the other way."""
    axioms, _ = stated(tight(2, 3, 160), 2206)
    solver = new_solver()
    solver.from_string(Terms(axioms).new())
    assert solver.check() == z3.sat
    axioms, _ = proposed(tight(1, 2, 168), 2205)
    solver = new_solver()
    terms = Terms(axioms)
    solver.from_string(terms.new())
    assert solver.check() == z3.unsat
    assert terms.new() == ""


def test_whoever_needs_a_budget_needs_the_smaller_ones() -> None:
    """In whatever order budgets are met; and all of a role need the same."""
    axioms = four()
    terms, solver = Terms(axioms), new_solver()
    for budget in (160, 40, 240, 80):
        axioms.add("needs_same", "A", "B", budget)
        solver.from_string(terms.new())
    role, truth = z3.DeclareSort("Role", solver.ctx), z3.BoolSort(solver.ctx)
    a, b = z3.Consts("r0 r1", role)
    needs = {n: z3.Function(f"n{n}", role, truth) for n in (40, 80, 160, 240)}
    assert solver.check(needs[240](a), z3.Not(needs[40](a))) == z3.unsat
    assert solver.check(needs[80](a), a == b, z3.Not(needs[80](b))) == z3.unsat
    assert solver.check(needs[80](a), z3.Not(needs[160](a))) == z3.sat


def test_an_empty_set_of_axioms_has_a_proposal() -> None:
    """Operations are declared once, also where nothing is said of them."""
    problem = replace(four().period.problem, roles=None)
    terms = Terms(Axioms(Period(problem, 3)))
    solver = new_solver()
    solver.from_string(terms.new())
    solver.from_string(terms.new())
    assert solver.check() == z3.sat
