"""Small kernels with a structure that can be changed one criterion at a time."""

from __future__ import annotations

from tests.reports.hand_made import attention, ping_pong
from twill.accounting import Usage
from twill.problem import Dependence, Op, Problem, Reservation, Result, RoleLimits, Unit
from twill.schedule import Schedule
from twill.structure import Barrier, Body, Instruction, Ring, Structure, of_schedule
from twill.structure.model import usage_of


def steps(*texts: str) -> tuple[tuple[Instruction, ...], ...]:
    """``steps("S0@+1", "O0@0 P0@0")``: two groups, the second of two operations."""
    return tuple(tuple(map(_instruction, text.split())) for text in texts)


def _instruction(text: str) -> Instruction:
    op, _, offset = text.partition("@")
    return Instruction(op, int(offset))


def hand_made() -> tuple[Problem, Schedule, Usage, Structure]:
    """The ping-pong schedule of two tiles of attention."""
    problem, schedule = attention(), ping_pong()
    return problem, schedule, usage_of(problem, schedule), of_schedule(problem, schedule)


def as_expert(structure: Structure, barriers: tuple[Barrier, ...] = ()) -> Structure:
    """The same structure as a kernel has it: without a clock, with barriers."""
    return Structure(structure.bodies, structure.rings, barriers)


def two_chains() -> Problem:
    """Two chains without anything in common: a feeds b, c feeds d; each value in registers."""
    ops = tuple(
        Op(name, {unit: (Reservation(0, 2),)}, issue=1, latency=2, result=Result("register", 1))
        for name, unit in (("a", "u"), ("b", "v"), ("c", "w"), ("d", "x"))
    )
    dependences = (Dependence("a", "b", 2), Dependence("c", "d", 2))
    units = tuple(Unit(name) for name in "uvwx")
    return Problem("chains", ops, dependences, units, roles=RoleLimits(3, 8))


def chains(*texts: str) -> Structure:
    """A kernel with one role that does both chains in this order."""
    return Structure((Body("all", 4, None, steps(*texts)),))


__all__ = ["Ring", "as_expert", "chains", "hand_made", "steps", "two_chains"]
