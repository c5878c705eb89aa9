"""What is so in every schedule, as far as the problem alone says it: crossings, blocks, waits."""

from __future__ import annotations

from twill.problem import Dependence, Op, Problem
from twill.storage import constraint_dependences


def one_role(problem: Problem) -> bool:
    """Whether all operations but the loads are on one role."""
    assert problem.roles is not None
    return problem.roles.max_roles - problem.has_load_role == 1


def must_cross(problem: Problem, dependence: Dependence) -> bool:
    """Whether the ends of a dependence are on different roles in every schedule."""
    if problem.roles is None:
        return False
    return apart(problem, problem.op[dependence.src], problem.op[dependence.dst])


def apart(problem: Problem, u: Op, v: Op) -> bool:
    """Whether two operations never share a role: one is a load, or they are required not to."""
    labels = problem.requirements.roles
    wanted = {labels.get(u.name), labels.get(v.name)}
    return u.variable_latency != v.variable_latency or (len(wanted) == 2 and None not in wanted)


def always_blocks(problem: Problem, name: str) -> bool:
    """Whether an operation starts with a blocking wait in every schedule."""
    return any(
        d.blocking or must_cross(problem, d)
        for d in constraint_dependences(problem)
        if d.dst == name
    )


def least_waits(problem: Problem) -> dict[tuple[str, str], int]:
    """The least that each wait costs its reader's stream, by (source, reader)."""
    assert problem.roles is not None
    waits: dict[tuple[str, str], int] = {}
    for d in problem.dependences:
        if d.kind != "flow":
            continue
        handoff = problem.op[d.src].handoff
        together = d.src == d.dst or (one_role(problem) and not must_cross(problem, d))
        here = handoff.issue_wait if d.blocking else 0
        if must_cross(problem, d):
            least = handoff.issue_receive
        else:
            least = here if together else min(here, handoff.issue_receive)
        waits[d.src, d.dst] = max(least, waits.get((d.src, d.dst), 0))
    return waits


def least_delay(problem: Problem, dependence: Dependence) -> int:
    """The delay of a dependence in every schedule: hand-off included where it must cross roles."""
    crosses = dependence.kind == "flow" and must_cross(problem, dependence)
    return dependence.delay + (problem.op[dependence.src].handoff.latency if crosses else 0)
