"""Two roles by hand: a copy engine fills a ring, a consumer adds up what is in it."""

from __future__ import annotations

from dataclasses import replace

from twill.lower.program import (
    Arrive,
    Barrier,
    Held,
    Instruction,
    Ring,
    RoleProgram,
    Run,
    Signal,
    Wait,
    WarpProgram,
)
from twill.problem import (
    REGISTER,
    Dependence,
    Handoff,
    InPlace,
    Memory,
    Op,
    Problem,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)
from twill.simulate.finding import Finding, Found
from twill.simulate.latencies import Fixed, adversaries
from twill.simulate.machine import Machine
from twill.simulate.values import Symbols

PROBLEM = Problem(
    name="adding",
    ops=(
        Op(
            "tile",
            {"copy": (Reservation(0, 40),)},
            issue=10,
            latency=100,
            asynchronous=True,
            variable_latency=True,
            streaming=True,
            result=Result("shared", 16),
            handoff=Handoff(issue_receive=5, mbarriers=2),
        ),
        Op(
            "sum",
            issue=50,
            latency=60,
            warps=4,
            result=Result(REGISTER, 8),
            in_place=InPlace("sum", 1),
        ),
    ),
    dependences=(
        Dependence("tile", "sum", blocking=True, read_until=50),
        Dependence("sum", "sum", delay=60, distance=1, read_until=50),
    ),
    units=(Unit("copy"),),
    memories=(Memory("shared", 1024),),
    roles=RoleLimits(max_roles=2, max_warps=8, warp_group=4, handoff_memory="shared"),
)

LOAD = (
    Wait("tile.empty", 0, 0, 2, "tile", issuer=True),
    Run("tile", 0, 0, (Signal("tile.full"),)),
)
ADD = (
    Wait("tile.full", 0, 0, 0, "sum"),
    Run("sum", 0, 0),
    Arrive("tile.empty", 0, 0, "sum"),
)


def program(
    slots: int = 2,
    load: tuple[Instruction, ...] | None = None,
    add: tuple[Instruction, ...] = ADD,
    mbarriers: int | None = None,
) -> WarpProgram:
    """The program with so many ring slots; other bodies, or fewer mbarriers, on demand."""
    first = LOAD[0]
    assert isinstance(first, Wait)
    count = slots if mbarriers is None else mbarriers
    return WarpProgram(
        name="adding",
        problem_sha256="",
        ii=75,
        trips=8,
        stages=2,
        roles=(
            RoleProgram(
                "load", 1, None, (replace(first, lag=slots), *LOAD[1:]) if load is None else load
            ),
            RoleProgram("add", 4, None, add, (Held("sum", ("sum",), 8, 1),)),
        ),
        rings=(Ring("tile", "shared", slots, 16, 0, ("tile",)),),
        residents=(),
        barriers=(
            Barrier("tile.full", count, engines=("tile",)),
            Barrier("tile.empty", count, roles=("add",)),
        ),
        used={"shared": 16 * slots},
    )


def run(made: WarpProgram, trips: int, latencies: Fixed | None = None) -> Machine:
    """One run to its end. Raises Found."""
    machine = Machine(PROBLEM, made, Symbols(), trips, latencies)
    machine.run()
    return machine


def found(made: WarpProgram, trips: int = 6) -> list[Finding]:
    """What all adversaries, and the model's latencies, find wrong."""
    findings = []
    for latencies in (Fixed(), *adversaries(PROBLEM, {"load": 1, "add": 2})):
        try:
            run(made, trips, latencies)
        except Found as stop:
            findings.append(stop.finding)
    return findings
