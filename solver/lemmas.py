"""Facts about the problem that the search relies on; stated and proved in ``docs/problem.md``."""

from __future__ import annotations

from twill.problem import Problem


def monotone(problem: Problem) -> bool:
    """Whether feasibility at a fixed number of stages carries over from II to II + 1.

    It does where every operation holds each unit in one interval from its start on: an idle
    slot can then be inserted. With later or several intervals it need not.
    """
    return all(
        len(reserved) <= 1 and all(r.offset == 0 for r in reserved)
        for op in problem.ops
        for unit, reserved in op.reservations.items()
        if not problem.unit[unit].fluid
    )


def horizon(problem: Problem) -> int:
    """An II such that a problem infeasible there is infeasible at every larger II.

    Above it some slot of the period is idle for every operation and can be removed.
    """
    incoming: dict[str, int] = {op.name: 0 for op in problem.ops}
    outgoing: dict[str, int] = {op.name: 0 for op in problem.ops}
    reading: dict[str, int] = {op.name: 0 for op in problem.ops}
    for d in problem.dependences:
        handoff = problem.op[d.src].handoff
        incoming[d.dst] += max(handoff.issue_receive, handoff.issue_wait)
        outgoing[d.src] = max(outgoing[d.src], d.delay + handoff.latency)
        reading[d.dst] = max(reading[d.dst], d.read_until or 0)
    total = 0
    for op in problem.ops:
        ends = [r.offset + r.length for rs in op.reservations.values() for r in rs]
        after = max([op.issue + op.handoff.issue_send, op.latency + op.handoff.issue_send, *ends])
        total += incoming[op.name] + max(after, outgoing[op.name], reading[op.name])
        total += op.latency if op.streaming else 0
    return max(total, 1) + 1
