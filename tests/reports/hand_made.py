"""Hand-made problems and schedules with known numbers, for reports."""

from __future__ import annotations

from twill.problem import (
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
from twill.schedule import (
    BufferUse,
    Feasible,
    HandoffUse,
    Level,
    Optimal,
    Placement,
    Role,
    Schedule,
)

II = 2048


def _use(length: int, amount: int = 1) -> tuple[Reservation, ...]:
    return (Reservation(0, length, amount),)


def _load(name: str) -> Op:
    return Op(
        name,
        {"tma": _use(256)},
        issue=16,
        latency=700,
        asynchronous=True,
        variable_latency=True,
        streaming=True,
        result=Result("shared", 32768),
        handoff=Handoff(mbarriers=2, issue_receive=20),
        latencies={"l2": 700, "dram": 1100, "dram_loaded": 9000},
    )


def _matmul(name: str, in_place: InPlace | None = None) -> Op:
    return Op(
        name,
        {"tensor": _use(512)},
        issue=32,
        latency=602,
        warps=4,
        asynchronous=True,
        result=Result("register", 64),
        in_place=in_place,
        handoff=Handoff(mbarriers=2, issue_receive=20),
    )


def _lanes(name: str, cycles: int, registers: int, unit: str = "fma") -> Op:
    return Op(
        name, {unit: _use(cycles)}, cycles, cycles + 30, 4, result=Result("register", registers)
    )


def _softmax(tile: int) -> list[Op]:
    scale = Op(
        f"scale{tile}",
        {"fma": _use(128)},
        issue=128,
        latency=158,
        warps=4,
        result=Result("register", 64),
        in_place=InPlace(f"O{tile}", 1),
    )
    return [
        _matmul(f"S{tile}"),
        _lanes(f"max{tile}", 128, 2),
        _lanes(f"P{tile}", 512, 32, "exp"),
        scale,
        _matmul(f"O{tile}", InPlace(f"scale{tile}")),
    ]


def _dependences(tile: int) -> list[Dependence]:
    s, m, p, scale, o = (f"{name}{tile}" for name in ("S", "max", "P", "scale", "O"))
    return [
        Dependence("load_K", s, blocking=True),
        Dependence(s, m, 602, blocking=True),
        Dependence(s, p, 602, blocking=True),
        Dependence(m, p, 158),
        Dependence(m, scale, 158),
        Dependence(o, scale, 602, 1, blocking=True),
        Dependence(scale, o, 158),
        Dependence(p, o, 542),
        Dependence("load_V", o, blocking=True),
    ]


def attention() -> Problem:
    """Two tiles of forward attention on one tensor core, in the style of FlashAttention-3."""
    return Problem(
        "attention",
        (_load("load_K"), _load("load_V"), *_softmax(0), *_softmax(1)),
        (*_dependences(0), *_dependences(1)),
        (Unit("tensor"), Unit("exp"), Unit("fma", 2), Unit("tma")),
        (Memory("shared", 233472),),
        (Invariant("Q", "shared", 32768),),
        RoleLimits(8, 32, 4, 65536, RegisterRange(24, 240, 8, 24), "shared"),
        Limits(8, 16, 8),
        trips=64,
    )


def ping_pong() -> Schedule:
    """A verified schedule of :func:`attention` at the tensor core's bound."""
    starts = {"load_K": 24, "load_V": 2560}
    roles = {"load_K": "load", "load_V": "load"}
    for tile in (0, 1):
        shift = 1024 * tile
        at = {"S": 24, "max": 650, "P": 820, "scale": 2130, "O": 2584}
        for name, start in at.items():
            starts[f"{name}{tile}"] = start + shift
            roles[f"{name}{tile}"] = f"softmax{tile}"
    return Schedule(
        problem_sha256="ab" * 32,
        status="optimal",
        ii=II,
        ii_lower_bound=II,
        stages=2,
        length=4186,
        objective=(
            Level("ii", II, "cycles", II, proved=True),
            Level("time", 133210, "cycles", 133000, proved=True, tolerance=0.005),
            Level("roles", 3, "roles", 2, proved=False),
            Level("warps", 9, "warps", None, proved=False),
        ),
        proof="proved by arithmetic",
        roles=(Role("load", 1, 24), Role("softmax0", 4, 224), Role("softmax1", 4, 224)),
        ops={n: Placement(t, t // II, t % II, roles[n]) for n, t in starts.items()},
        buffers=(
            BufferUse("load_K", "shared", 32768, 2, ("load_K",)),
            BufferUse("load_V", "shared", 32768, 2, ("load_V",)),
        ),
        handoffs=(
            HandoffUse("load_K", "load", ("softmax0", "softmax1"), 0, 0, 2),
            HandoffUse("load_V", "load", ("softmax0", "softmax1"), 0, 0, 2),
        ),
    )


def optimal() -> Optimal:
    """The ping-pong schedule as an outcome."""
    return Optimal(ping_pong())


def vliw() -> tuple[Problem, Schedule]:
    """A plain modulo-scheduling problem: no roles, no memories, a recurrence that binds."""
    problem = Problem(
        "vliw",
        (
            Op("load", {"memory": _use(1)}, latency=2),
            Op("add", {"alu": _use(1)}, latency=3),
            Op("store", {"memory": _use(1)}),
            Op("tick"),
        ),
        (
            Dependence("load", "add", 2),
            Dependence("add", "add", 3, 1),
            Dependence("add", "store", 3),
        ),
        (Unit("memory"), Unit("alu")),
    )
    starts = {"load": 0, "add": 2, "store": 5, "tick": 0}
    schedule = Schedule(
        "", "optimal", 3, 3, 2, 6, (), "proved by arithmetic", (),
        {name: Placement(t, t // 3, t % 3) for name, t in starts.items()},
    )  # fmt: skip
    return problem, schedule


def figure1() -> tuple[Problem, Schedule]:
    """The worked example of the paper with its optimal schedule: II 2 in two stages."""
    problem = Problem(
        "figure1",
        (Op("S", {"tensor": _use(1)}), Op("P", {"exp": _use(1)}), Op("O", {"tensor": _use(1)})),
        (Dependence("S", "P", 1), Dependence("P", "O", 1), Dependence("O", "O", 1, 1)),
        (Unit("tensor"), Unit("exp")),
        trips=8,
    )
    starts = {"S": 0, "P": 2, "O": 3}
    schedule = Schedule(
        "", "optimal", 2, 2, 2, 4, (), "proved by arithmetic", (),
        {name: Placement(t, t // 2, t % 2) for name, t in starts.items()},
    )  # fmt: skip
    return problem, schedule


def feasible() -> Feasible:
    """The ping-pong schedule with its proof cut short."""
    from dataclasses import replace

    from twill.schedule import Reason

    schedule = replace(ping_pong(), status="feasible", ii_lower_bound=2000, proof="not proved")
    reason = Reason("the time limit of 5 s ended the search", ("II 2047 was being refuted",))
    return Feasible(schedule, reason)
