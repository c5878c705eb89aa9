"""The witness: a schedule made again from starts and roles, verified, and its levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twill.accounting import Usage
from twill.check.period import Invalid
from twill.problem import Problem
from twill.schedule import BufferUse, HandoffUse, Placement, Role, Schedule
from twill.verify import objective_values, verify


def check_witness(problem: Problem, digest: str, ii: int, stated: Mapping[str, Any]) -> Schedule:
    """The schedule that a witness says, after every constraint was checked. Raises Invalid."""
    roles = tuple(Role(**role) for role in stated["roles"])
    if odd := sorted(problem.op.keys() ^ stated["ops"].keys()):
        raise Invalid(f"witness: {odd[0]} is in the problem or in the witness, not in both")
    known = {role.name for role in roles} if problem.roles is not None else {None}
    for name, placed in stated["ops"].items():
        if placed["role"] not in known:
            raise Invalid(f"witness: {name} is on role {placed['role']!r}, which is none")
    schedule = _schedule(problem, digest, ii, stated["ops"], roles)
    for violation in verify(problem, schedule):
        raise Invalid(f"witness: {violation}")
    return schedule


def _schedule(
    problem: Problem, digest: str, ii: int, ops: Mapping[str, Any], roles: tuple[Role, ...]
) -> Schedule:
    """The schedule of these starts and roles, with all that follows from them."""
    role = {name: placed["role"] for name, placed in ops.items() if placed["role"] is not None}
    usage = Usage(problem, ii, {name: placed["start"] for name, placed in ops.items()}, role)
    return Schedule(
        problem_sha256=digest,
        status="optimal",
        ii=ii,
        ii_lower_bound=ii,
        stages=usage.stages,
        length=usage.length,
        objective=(),
        proof="not proved",
        roles=roles,
        ops={name: _placed(placed["start"], ii, placed["role"]) for name, placed in ops.items()},
        buffers=tuple(
            BufferUse(b.name, b.memory, b.size, usage.depth(b), tuple(b.members), b.accumulator)
            for b in usage.buffers
        ),
        handoffs=tuple(_handoff(usage, name) for name in usage.handed_off),
    )


def _placed(start: int, ii: int, role: str | None) -> Placement:
    return Placement(start, stage=start // ii, slot=start % ii, role=role)


def _handoff(usage: Usage, name: str) -> HandoffUse:
    costs = usage.problem.op[name].handoff
    readers = tuple(sorted({usage.role[d.dst] for d in usage.handed_off[name]}))
    depth = usage.channels.get(name, 1)
    return HandoffUse(name, usage.role[name], readers, costs.latency, costs.bytes, depth)


def check_levels(
    problem: Problem, schedule: Schedule, levels: Sequence[Mapping[str, Any]], proof: str
) -> None:
    """Check the values of the levels, and what is said of the first, the II. Raises Invalid."""
    values = objective_values(problem, schedule)
    if not levels or levels[0]["name"] != "ii":
        raise Invalid("levels: the first one is the II")
    if len({level["name"] for level in levels}) != len(levels):
        raise Invalid("levels: a level is stated twice")
    for level in levels:
        name, value, least = level["name"], level["value"], level["lower_bound"]
        if name not in values:
            raise Invalid(f"levels: the problem has no level {name}")
        if value != values[name]:
            raise Invalid(f"levels: {name} is stated as {value}, the witness has {values[name]}")
        if least is not None and least > value:
            raise Invalid(f"levels: the bound {least} of {name} is above its value {value}")
    first = levels[0]
    if (first["lower_bound"], first["proof"]) != (schedule.ii, proof):
        raise Invalid(f"levels: the II is {proof}, at its bound; something else is stated")
