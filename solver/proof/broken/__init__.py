"""Axioms against what a candidate does wrong, one file per group of constraints."""

from __future__ import annotations

from twill.solver.proof.broken.capacity import add_capacity
from twill.solver.proof.broken.memory import add_memory
from twill.solver.proof.broken.registers import add_registers
from twill.solver.proof.broken.roles import add_roles
from twill.solver.proof.broken.streams import add_streams
from twill.solver.proof.candidate import Candidate

GROUPS = (add_capacity, add_roles, add_streams, add_registers, add_memory)


def add_broken(candidate: Candidate) -> int:
    """Add an axiom for everything that is wrong; how many are new, 0 for a schedule."""
    return sum(add(candidate) for add in GROUPS)
