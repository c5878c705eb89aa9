"""Small random problems that use every feature, for cross-checks against brute force."""

from __future__ import annotations

import random
from dataclasses import replace

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
    Requirements,
    Reservation,
    Result,
    RoleLimits,
    Unit,
)


def random_problem(seed: int, ops: int = 3) -> Problem:
    """A problem of ``ops`` operations; the same seed gives the same problem."""
    rng = random.Random(seed)  # noqa: S311  # not for cryptography
    plain = rng.random() < 0.15
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:ops]
    loads = not plain and rng.random() < 0.35
    units = (Unit("u", 1), Unit("w", rng.choice([2, 3]), rng.random() < 0.2))
    made = [_op(rng, name, load=loads and i == 0) for i, name in enumerate(names)]
    made = _in_place(rng, made)
    return Problem(
        name=f"random{seed}",
        ops=tuple(made),
        dependences=_dependences(rng, made),
        units=units,
        memories=(
            Memory("shared", rng.choice([3, 6, 12])),
            Memory("tensor", rng.choice([2, 4, 8])),
        ),
        invariants=(Invariant("Q", "shared", 1),) if rng.random() < 0.3 else (),
        roles=None if plain else _roles(rng),
        limits=Limits(
            max_stages=2,
            named_barriers=rng.choice([None, 0, 2, 4]),
            mbarrier_bytes=rng.choice([0, 1]),
            concurrency=rng.choice(["issue", "issue", "paper"]),
        ),
        requirements=Requirements() if plain else _requirements(random.Random(-seed), names),  # noqa: S311
        trips=rng.choice([1, 5]),
    )


def _requirements(rng: random.Random, names: str) -> Requirements:
    """Rarely any, so that the machine's own limits are what most problems are about."""
    if rng.random() < 0.7:
        return Requirements()
    labels = {name: rng.choice("xy") for name in names}
    return Requirements(
        roles={name: label for name, label in labels.items() if rng.random() < 0.4},
        no_handoff=rng.random() < 0.3,
        other_than=(labels,) if rng.random() < 0.3 else (),
    )


def _roles(rng: random.Random) -> RoleLimits:
    return RoleLimits(
        max_roles=rng.choice([1, 2, 2, 3]),
        max_warps=rng.choice([2, 4, 8]),
        warp_group=rng.choice([1, 2]),
        register_file=rng.choice([None, 32 * 2 * 12, 32 * 4 * 12]),
        registers=RegisterRange(4, rng.choice([8, 12]), 4, rng.choice([0, 2])),
        handoff_memory=rng.choice([None, "shared"]),
    )


def _op(rng: random.Random, name: str, *, load: bool) -> Op:
    asynchronous = load or rng.random() < 0.3
    latency = rng.randint(0 if rng.random() < 0.1 else 1, 3)
    return Op(
        name,
        _reservations(rng),
        issue=rng.choice([0, 1, 1, 2]),
        latency=latency,
        warps=1 if load else rng.choice([1, 1, 2]),
        asynchronous=asynchronous,
        variable_latency=load,
        streaming=load and rng.random() < 0.5,
        result=Result("shared", rng.randint(1, 2)) if load else _result(rng),
        handoff=Handoff(
            rng.choice([0, 0, 1, 2]),
            rng.choice([0, 1]),
            rng.choice([0, 1]),
            rng.choice([0, 1]),
            rng.choice([0, 0, 2]),
            rng.choice([0, 2]),
            rng.choice([0, 0, 1, 2]),
        ),
    )


def _result(rng: random.Random) -> Result | None:
    kind = rng.random()
    if kind < 0.55:
        return Result(REGISTER, rng.randint(1, 6))
    if kind < 0.9:
        return Result(rng.choice(["shared", "tensor"]), rng.randint(1, 3))
    return None


def _reservations(rng: random.Random) -> dict[str, tuple[Reservation, ...]]:
    kind = rng.random()
    if kind < 0.35:
        return {"u": (Reservation(0, rng.randint(1, 2)),)}
    if kind < 0.5:
        return {"u": (Reservation(rng.randint(0, 2), 1), Reservation(3, 1))}
    if kind < 0.85:
        return {"w": (Reservation(rng.choice([0, 0, 1]), rng.randint(1, 3), rng.randint(1, 2)),)}
    return {}


def _dependences(rng: random.Random, ops: list[Op]) -> tuple[Dependence, ...]:
    found: list[Dependence] = []
    for j, reader in enumerate(ops):
        if reader.streaming:
            continue
        for i, source in enumerate(ops):
            carried = i >= j
            if source.result is None or rng.random() > (0.25 if carried else 0.7):
                continue
            delay = 0 if source.streaming else source.latency + rng.choice([0, 0, 1])
            found.append(
                Dependence(
                    source.name,
                    reader.name,
                    delay,
                    rng.choice([1, 1, 2]) if carried else rng.choice([0, 0, 0, 1]),
                    rng.choice(["flow", "flow", "flow", "anti"]),
                    source.asynchronous and rng.random() < 0.8,
                    rng.choice([None, 0, 1, 2]),
                )
            )
    return tuple(found)


def _in_place(rng: random.Random, ops: list[Op]) -> list[Op]:
    """Let some results take over the storage of another in the same space."""
    changed = list(ops)
    for j, op in enumerate(ops):
        for i, other in enumerate(ops):
            if op.result is None or other.result is None or rng.random() > 0.2:
                continue
            if op.result.space == other.result.space and not op.streaming:
                distance = 1 if i >= j else 0
                changed[j] = replace(changed[j], in_place=InPlace(other.name, distance))
    return changed
