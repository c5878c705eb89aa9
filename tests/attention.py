"""A small loop like attention, with short times: loads, two asynchronous multiplies, a softmax."""

from __future__ import annotations

from twill.problem import (
    REGISTER,
    Dependence,
    Handoff,
    InPlace,
    Invariant,
    Limits,
    Memory,
    Op,
    Problem,
    RegisterRange,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)


def on(**lengths: int) -> dict[str, tuple[Reservation, ...]]:
    """One reservation from the start on, per unit."""
    return {unit: (Reservation(0, length),) for unit, length in lengths.items()}


def load(name: str) -> Op:
    """A streaming load of 8 bytes that is there 7 cycles after it was asked for."""
    arrival = Handoff(issue_receive=1, mbarriers=2, issue_wait=1)
    return Op(
        name,
        on(copy=3),
        issue=1,
        latency=7,
        asynchronous=True,
        variable_latency=True,
        streaming=True,
        result=Result("shared", 8),
        handoff=arrival,
        latencies={"far": 15},
    )


def attention(registers: int = 72, max_roles: int = 3) -> Problem:
    """S = multiply(K), P = exp(S) in place, O += multiply(P, V) in registers."""
    staged = Handoff(3, 4, 1, 2, 2, 0, 1)
    wide = {"warps": 4, "handoff": staged}
    ops = (
        load("K"),
        load("V"),
        Op("S", on(tensor=4), 1, 6, asynchronous=True, result=Result(REGISTER, 32), **wide),  # type: ignore[arg-type]
        Op("P", on(exp=5), 5, 6, result=Result(REGISTER, 16), **wide),  # type: ignore[arg-type]
        Op(
            "O",
            on(tensor=4),
            1,
            6,
            4,
            asynchronous=True,
            result=Result(REGISTER, 16),
            in_place=InPlace("O", 1),
            handoff=staged,
        ),
    )
    dependences = (
        Dependence("K", "S", blocking=True, read_until=6),
        Dependence("S", "P", 6, blocking=True, read_until=5),
        Dependence("P", "O", 6, read_until=6),
        Dependence("V", "O", blocking=True, read_until=6),
        Dependence("O", "O", 4, 1, read_until=0),
    )
    return Problem(
        "attention",
        ops,
        dependences,
        (Unit("tensor"), Unit("exp"), Unit("copy")),
        (Memory("shared", 64),),
        (Invariant("Q", "shared", 8),),
        RoleLimits(max_roles, 16, 4, 65536, RegisterRange(24, registers, 8, 8), "shared"),
        Limits(4, 4, 1),
        16,
    )
