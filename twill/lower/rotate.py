"""Where a role's body begins.

The body is a circle: cut elsewhere, it is the same program. Where asynchronous results are on
their way into registers a compiler cannot go round a loop without care (it may have to copy what is
not there yet), so the cut goes where the fewest are; then where the body spans the fewest
iterations; then where the period begins.
"""

from __future__ import annotations

from dataclasses import replace

from twill.lower.program import Drain, Instruction, Run
from twill.problem import Problem

Body = tuple[Instruction, ...]


def rotated(problem: Problem, body: Body, queue: dict[str, str]) -> Body:
    """The body, cut at the best place. ``queue``: the engine of every operation."""
    under_way = _under_way(problem, body, queue)
    best = min(range(len(body)), key=lambda cut: (under_way[cut], _span(_cut(body, cut)), cut))
    return _cut(body, best)


def _cut(body: Body, cut: int) -> Body:
    """What stands before the cut moves to the end of the body before."""
    head = tuple(replace(i, offset=i.offset + 1) for i in body[:cut])
    return (*body[cut:], *head)


def _span(body: Body) -> int:
    """How many iterations apart its instructions work."""
    offsets = [i.offset for i in body]
    return max(offsets) - min(offsets)


def _under_way(problem: Problem, body: Body, queue: dict[str, str]) -> list[int]:
    """Per position: operations with results in registers, issued and not yet drained."""
    issued: list[tuple[str, int]] = []
    counts = [0] * len(body)
    for t in range(2 + max((abs(i.offset) for i in body), default=0)):
        for position, i in enumerate(body):
            counts[position] = len(issued)
            if isinstance(i, Run) and problem.op[i.op].asynchronous:
                if problem.op[i.op].in_registers:
                    issued.append((i.op, t + i.offset))
            elif isinstance(i, Drain):
                done = (i.op, t + i.offset - i.lag)
                last = issued.index(done) if done in issued else -1
                issued = [x for n, x in enumerate(issued) if n > last or queue[x[0]] != i.queue]
    return counts
