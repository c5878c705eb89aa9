"""Axioms as a search for a refutation leaves them when no proposal is left."""

from __future__ import annotations

from twill.check.period import Period
from twill.problem import Problem
from twill.solver.proof.axioms import Axioms
from twill.solver.proof.ground import Ground, lay_ground
from twill.solver.proof.refute import Effort, _Search
from twill.solver.proof.stated import state_capacity, state_roles, state_streams, state_timing
from twill.solver.proof.units import Units
from twill.solver.symmetry import ordered_pairs


def stated(problem: Problem, ii: int) -> tuple[Axioms, Ground]:
    """The axioms before any proposal, and what they decide about starts."""
    axioms = Axioms(Period(problem, ii, tuple((v, w) for v, w, _ in ordered_pairs(problem))))
    state_timing(axioms)
    state_roles(axioms)
    units = Units(axioms)
    units.read()
    ground = lay_ground(axioms, units.true)
    assert ground is not None
    state_capacity(axioms, ground)
    state_streams(axioms, ground)
    return axioms, ground


def proposed(problem: Problem, ii: int) -> tuple[Axioms, Ground]:
    """The same when Z3 has no proposal left."""
    axioms, ground = stated(problem, ii)
    assert _Search(axioms, ground, Effort())._propose() is None
    return axioms, ground
