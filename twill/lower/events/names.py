"""What the events of a program are called, for people."""

from __future__ import annotations

from collections import Counter

from twill.events.schedule import issued
from twill.lower.program import (
    Arrive,
    Drain,
    Instruction,
    RoleProgram,
    Run,
    Send,
    Sync,
    Wait,
    WarpProgram,
)
from twill.problem import Problem


def named(problem: Problem, program: WarpProgram) -> dict[tuple[str, int], str]:
    """A name for every instruction, by role and place; no two have the same."""
    seen: Counter[str] = Counter()
    event = {}
    for role in program.roles:
        for place, i in enumerate(role.body):
            name = _name(problem, role, i)
            seen[name] += 1
            event[role.name, place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return event


def _name(problem: Problem, role: RoleProgram, i: Instruction) -> str:
    match i:
        case Run():
            return issued(problem.op[i.op])
        case Wait():
            return f"{role.name}: wait for {i.barrier} before {i.before}"
        case Drain():
            return f"{role.name}: drain of {i.op} before " + (i.before or "its release")
        case Arrive():
            return f"{role.name}: arrival on {i.barrier}"
        case Sync():
            return f"{role.name}: sync before {i.before}"
        case Send():
            return f"{role.name}: send of {i.value}"
        case _:
            return f"{role.name}: receive of {i.value} for {i.reader}"
