"""Small problems, each without a schedule at one II for the reason that its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from twill.problem import (
    REGISTER,
    Dependence,
    Handoff,
    InPlace,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Requirements,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)

ROLES = RoleLimits(3, 12, 1)
ONE = RoleLimits(1, 4, 1)


@dataclass(frozen=True)
class Case:
    """No schedule at ``ii``; ``rules`` are among those that a refutation uses."""

    make: Callable[[], Problem]
    ii: int
    rules: tuple[str, ...]


def recurrence() -> Problem:
    """A circuit of 6 cycles in one iteration."""
    back = Dependence("B", "A", 3, 1)
    return Problem("recurrence", (Op("A"), Op("B")), (Dependence("A", "B", 3), back), ())


def handed_off() -> Problem:
    """A circuit of 3 cycles, of 5 where A is handed off, as what a load gives always is."""
    a = Op("A", variable_latency=True, asynchronous=True, handoff=Handoff(latency=2))
    back = Dependence("B", "A", 2, 1, kind="order")
    edges = (Dependence("A", "B", 1), back)
    return Problem("handed off", (a, Op("B")), edges, (), roles=ROLES)


def long() -> Problem:
    """Five cycles from A to B, one stage."""
    limits = Limits(max_stages=1)
    return Problem("long", (Op("A"), Op("B")), (Dependence("A", "B", 5),), (), limits=limits)


def twins() -> Problem:
    """A and B, which are alike, hold a unit for 2 cycles each, C 3 cycles after both for 1."""
    two, one = {"u": (Reservation(0, 2),)}, {"u": (Reservation(0, 1),)}
    operations = (Op("A", two), Op("B", two), Op("C", one))
    edges = (Dependence("A", "C", 3), Dependence("B", "C", 3))
    limits = Limits(max_stages=1)
    return Problem("twins", operations, edges, (Unit("u"),), limits=limits)


def crowd() -> Problem:
    """Three of three cycles each on a unit that takes two at once, within a stage."""
    held = {"u": (Reservation(0, 3),)}
    operations = tuple(Op(name, held) for name in "ABC")
    return Problem("crowd", operations, (), (Unit("u", 2),), limits=Limits(max_stages=2))


def scattered() -> Problem:
    """A holds a unit in three cycles, two of which are 4 apart."""
    held = {"u": (Reservation(0, 1), Reservation(2, 1), Reservation(6, 1))}
    return Problem("scattered", (Op("A", held),), (), (Unit("u"),))


def chained() -> Problem:
    """Values are read where they are made, so A, B and C share a role; A and C are not to."""
    value = Result(REGISTER, 1)
    operations = (Op("A", result=value), Op("B", result=value), Op("C"))
    edges = (Dependence("A", "B", 1), Dependence("B", "C", 1))
    wanted = Requirements({"A": "x", "C": "y"}, no_handoff=True)
    return Problem("chained", operations, edges, (), roles=ROLES, requirements=wanted)


def streams(concurrency: Literal["issue", "paper"] = "issue") -> Problem:
    """B waits for A; on their only role they issue for 4 cycles."""
    limits = Limits(concurrency=concurrency)
    edges = (Dependence("A", "B", 3, blocking=True),)
    return Problem("streams", (Op("A", issue=3), Op("B")), edges, (), roles=ONE, limits=limits)


def window() -> Problem:
    """One operation issues for 3 cycles."""
    return Problem("window", (Op("A", issue=3),), (), (), roles=ONE)


def widths() -> Problem:
    """Two operations of a warp group each, to be on roles of their own, where one fits."""
    operations = tuple(Op(name, warps=4) for name in "AB")
    roles = RoleLimits(2, 4, 4)
    wanted = Requirements({"A": "x", "B": "y"})
    return Problem("widths", operations, (), (), roles=roles, requirements=wanted)


def forbidden() -> Problem:
    """One role, and A and B are not to be on one by themselves."""
    wanted = Requirements(other_than=({"A": "x", "B": "x"},))
    return Problem("forbidden", (Op("A"), Op("B")), (), (), roles=ONE, requirements=wanted)


def values() -> Problem:
    """A is held for 4 cycles and B for 3, 4 registers each, of 8 on the only role: 28 <= 8 II."""
    value = Result(REGISTER, 4)
    operations = (Op("A", latency=3, result=value), Op("B", latency=3, result=value))
    edges = (Dependence("A", "B", 3, read_until=1),)
    roles = replace(ONE, register_file=65536, registers=RegisterRange(4, 8, 4))
    return Problem("values", operations, edges, (), roles=roles, limits=Limits(max_stages=2))


def accumulator(name: str, size: int) -> Op:
    """A value that is always alive."""
    return Op(name, latency=2, result=Result(REGISTER, size), in_place=InPlace(name, 1))


def budgets(size: int, file: int) -> Problem:
    """Accumulators of so many and of 8 registers on two roles; S is with the first."""
    operations = (Op("S"), accumulator("C", size), accumulator("D", 8))
    edges = (Dependence("C", "C", 1, 1), Dependence("D", "D", 1, 1))
    roles = RoleLimits(2, 8, 1, 32 * file, RegisterRange(4, 12, 4))
    wanted = Requirements({"S": "x", "C": "x", "D": "y"})
    return Problem("budgets", operations, edges, (), roles=roles, requirements=wanted)


def copies() -> Problem:
    """B reads A's 6 registers on a role whose accumulator leaves 4 of 8."""
    operations = (Op("A", result=Result(REGISTER, 6)), accumulator("B", 4))
    edges = (Dependence("A", "B", 1, read_until=2), Dependence("B", "B", 1, 1))
    roles = RoleLimits(2, 8, 1, 65536, RegisterRange(4, 8, 4))
    wanted = Requirements({"A": "x", "B": "y"})
    return Problem("copies", operations, edges, (), roles=roles, requirements=wanted)


def ring() -> Problem:
    """A's slot is written and read for 6 cycles; there are two."""
    a = Op("A", latency=5, result=Result("shared", 4))
    edges = (Dependence("A", "B", 5, read_until=1),)
    limits = Limits(max_stages=4)
    return Problem("ring", (a, Op("B")), edges, (), (Memory("shared", 8),), limits=limits)


def rings() -> Problem:
    """Of A's and B's slots there are three in all, each is held for 3 cycles."""
    result = Result("shared", 4)
    made = (Op("A", latency=2, result=result), Op("B", latency=2, result=result), Op("C"))
    edges = (Dependence("A", "C", 2, read_until=1), Dependence("B", "C", 2, read_until=1))
    limits = Limits(max_stages=4)
    return Problem("rings", made, edges, (), (Memory("shared", 12),), limits=limits)


def sent() -> Problem:
    """A is read 4 cycles after its start, on another role; hand-offs have two slots."""
    a = Op("A", latency=3, result=Result(REGISTER, 1), handoff=Handoff(bytes=4))
    edges = (Dependence("A", "B", 3, read_until=2),)
    roles = RoleLimits(2, 8, 1, handoff_memory="shared")
    wanted = Requirements({"A": "x", "B": "y"})
    memories = (Memory("shared", 8),)
    limits = Limits(max_stages=4)
    return Problem(
        "sent", (a, Op("B")), edges, (), memories, (), roles, limits, requirements=wanted
    )


def channels() -> Problem:
    """Two values that another role reads take a named barrier each, of one."""
    value, handoff = Result(REGISTER, 1), Handoff(named_barriers=1)
    made = tuple(Op(name, result=value, handoff=handoff) for name in "AB")
    edges = (Dependence("A", "C", 1), Dependence("B", "C", 1))
    wanted = Requirements({"A": "x", "B": "x", "C": "y"})
    limits = Limits(named_barriers=1)
    return Problem(
        "channels", (*made, Op("C")), edges, (), roles=ROLES, limits=limits, requirements=wanted
    )


CASES = (
    Case(recurrence, 5, ("dependence",)),
    Case(handed_off, 4, ("handoff", "load")),
    Case(long, 4, ("dependence", "stages", "circuit")),
    Case(twins, 4, ("exchange", "capacity", "stages")),
    Case(crowd, 4, ("capacity",)),
    Case(scattered, 4, ("capacity",)),
    Case(chained, 5, ("transitive", "required", "no_handoff")),
    Case(streams, 3, ("stream",)),
    Case(partial(streams, "paper"), 3, ("figure_6",)),
    Case(window, 2, ("window",)),
    Case(widths, 1, ("roles", "required")),
    Case(forbidden, 1, ("roles", "other_than")),
    Case(values, 3, ("held", "registers")),
    Case(partial(budgets, 8, 12), 4, ("file", "needs_same", "held", "registers")),
    Case(partial(budgets, 12, 11), 4, ("file", "needs_same", "needs_order")),
    Case(copies, 4, ("copied", "held", "registers")),
    Case(ring, 2, ("deep", "memory")),
    Case(rings, 2, ("deep", "memory")),
    Case(sent, 2, ("sent", "memory", "required")),
    Case(channels, 4, ("sent", "barriers")),
)
