"""From starts and roles to a schedule: depths, budgets and hand-offs recomputed by accounting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.accounting import Usage, round_up
from twill.problem import Problem
from twill.schedule import (
    BufferUse,
    HandoffUse,
    Level,
    Placement,
    Proof,
    Role,
    Schedule,
    SolverInfo,
    Status,
)

LOAD_ROLE = "load"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of a schedule beyond its numbers."""

    status: Status
    ii_lower_bound: int
    proof: Proof
    objective: tuple[Level, ...] = ()


def assemble(
    problem: Problem,
    digest: str,
    ii: int,
    start: Mapping[str, int],
    role: Mapping[str, int],
    claim: Claim,
    solver: SolverInfo | None = None,
) -> Schedule:
    """The schedule of an assignment, with the smallest rings and budgets that it needs."""
    names = role_names(problem, role)
    home = {op: names[r] for op, r in role.items()}
    usage = Usage(problem, ii, start, home)
    return Schedule(
        problem_sha256=digest,
        status=claim.status,
        ii=ii,
        ii_lower_bound=claim.ii_lower_bound,
        stages=usage.stages,
        length=usage.length,
        objective=claim.objective,
        proof=claim.proof,
        roles=tuple(_role(usage, name) for name in dict.fromkeys(names.values())),
        ops={
            op.name: Placement(
                start[op.name], start[op.name] // ii, start[op.name] % ii, home.get(op.name)
            )
            for op in problem.ops
        },
        buffers=_buffers(usage),
        handoffs=_handoffs(usage),
        solver=solver,
    )


def role_names(problem: Problem, role: Mapping[str, int]) -> dict[int, str]:
    """Names by role number: the load role, then the others in program order."""
    numbers = dict.fromkeys(role[op.name] for op in problem.ops if op.name in role)
    names: dict[int, str] = {}
    if problem.has_load_role and 0 in numbers:
        names[0] = LOAD_ROLE
    others = [number for number in numbers if number not in names]
    return names | {number: f"role{i}" for i, number in enumerate(others, start=1)}


def _role(usage: Usage, name: str) -> Role:
    problem = usage.problem
    assert problem.roles is not None
    warps = usage.width(name)
    if problem.roles.register_file is None:
        return Role(name, warps, None)
    allowed = problem.roles.registers
    held, _ = usage.pressure(name)
    above = round_up(max(held + allowed.overhead - allowed.min, 0), allowed.step)
    return Role(name, warps, allowed.min + above)


def _buffers(usage: Usage) -> tuple[BufferUse, ...]:
    return tuple(
        BufferUse(b.name, b.memory, b.size, usage.depth(b), tuple(b.members), b.accumulator)
        for b in usage.buffers
    )


def _handoffs(usage: Usage) -> tuple[HandoffUse, ...]:
    return tuple(
        HandoffUse(
            name,
            usage.role[name],
            tuple(sorted({usage.role[d.dst] for d in found})),
            usage.problem.op[name].handoff.latency,
            usage.problem.op[name].handoff.bytes,
            usage.channels.get(name, 1),
        )
        for name, found in usage.handed_off.items()
    )
