"""Constraints taken out of a problem, one by one: every engine then sees the same problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from twill.problem import Handoff, Problem, RegisterRange, Requirements

PLENTY = 10**6
"""More of a memory than any small problem can use."""


def _ops(problem: Problem, **changes: Any) -> Problem:
    return replace(problem, ops=tuple(replace(op, **changes) for op in problem.ops))


def _dependences(problem: Problem, **changes: Any) -> Problem:
    found = tuple(replace(d, **changes) for d in problem.dependences)
    return replace(problem, dependences=found)


def no_roles(problem: Problem) -> Problem:
    """No roles at all: a plain modulo-scheduling problem with memories."""
    return replace(problem, roles=None, requirements=Requirements())


def no_role_limits(problem: Problem) -> Problem:
    """A role per operation if wanted, and warps for all of them."""
    if problem.roles is None:
        return problem
    limits = replace(problem.roles, max_roles=len(problem.ops), max_warps=PLENTY)
    return replace(problem, roles=limits)


def no_registers(problem: Problem) -> Problem:
    """No limit on registers."""
    if problem.roles is None:
        return problem
    roles = replace(problem.roles, register_file=None, registers=RegisterRange())
    return replace(problem, roles=roles)


def no_memory(problem: Problem) -> Problem:
    """Memories that hold everything."""
    memories = tuple(replace(memory, capacity=PLENTY) for memory in problem.memories)
    return replace(problem, memories=memories)


def no_barriers(problem: Problem) -> Problem:
    """No named barriers, and barriers in memory that take no room."""
    limits = replace(problem.limits, named_barriers=None, mbarrier_bytes=0)
    return replace(problem, limits=limits)


def no_handoff(problem: Problem) -> Problem:
    """Values cross roles, and waits happen, at no cost."""
    return _ops(problem, handoff=Handoff())


def no_units(problem: Problem) -> Problem:
    """Units that serve everything at once."""
    units = tuple(replace(unit, capacity=PLENTY) for unit in problem.units)
    return replace(problem, units=units)


def no_streams(problem: Problem) -> Problem:
    """Operations that keep no instruction stream: no issue, no wait, no send, nothing blocking."""
    ops = tuple(
        replace(
            op,
            issue=0,
            handoff=replace(op.handoff, issue_send=0, issue_receive=0, issue_wait=0),
        )
        for op in problem.ops
    )
    limits = replace(problem.limits, concurrency="issue")
    return _dependences(replace(problem, ops=ops, limits=limits), blocking=False)


def no_loads(problem: Problem) -> Problem:
    """No operation of variable latency, no load role."""
    return _ops(problem, variable_latency=False, streaming=False)


def no_in_place(problem: Problem) -> Problem:
    """Every result has storage of its own."""
    return _ops(problem, in_place=None)


def no_recurrences(problem: Problem) -> Problem:
    """Nothing is carried to a later iteration."""
    here = tuple(d for d in problem.dependences if not d.distance)
    return no_in_place(replace(problem, dependences=here))


def no_requirements(problem: Problem) -> Problem:
    """Nothing is demanded beyond what the machine demands."""
    return replace(problem, requirements=Requirements())


OFF: dict[str, Callable[[Problem], Problem]] = {
    "roles": no_roles,
    "role limits": no_role_limits,
    "registers": no_registers,
    "memory": no_memory,
    "barriers": no_barriers,
    "hand-off": no_handoff,
    "units": no_units,
    "streams": no_streams,
    "loads": no_loads,
    "in place": no_in_place,
    "recurrences": no_recurrences,
    "requirements": no_requirements,
}


def variants(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """The whole problem, without each constraint, and with that constraint alone."""
    yield "all", problem
    for name, without in OFF.items():
        yield f"no {name}", without(problem)
    for name in OFF:
        if name == "roles":
            continue  # roles by themselves limit nothing: "only role limits" has them
        alone = problem
        for other, without in OFF.items():
            if other not in {name, "roles"}:
                alone = without(alone)
        yield f"only {name}", alone
