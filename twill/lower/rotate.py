"""Where a role's body begins.

The body is a circle: cut elsewhere, it is the same program. Where asynchronous results are on
their way into registers a compiler cannot go round a loop without care (it may have to copy what is
not there yet), so the cut goes where the fewest are; then where the body spans the fewest
iterations; then where the fewest registers hold results, since what lives across the cut has to be
in the same registers at both ends of the loop; then where the period begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twill.lower.program import Drain, Instruction, Run
from twill.problem import Problem

Body = tuple[Instruction, ...]


def rotated(problem: Problem, body: Body, queue: dict[str, str]) -> Body:
    """The body, cut at the best place. ``queue``: the engine of every operation."""
    under_way, alive = _under_way(problem, body, queue), _alive(problem, body)

    def cost(cut: int) -> tuple[int, int, int, int]:
        return under_way[cut], _span(_cut(body, cut)), alive[cut], cut

    return _cut(body, min(range(len(body)), key=cost))


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


def _alive(problem: Problem, body: Body) -> list[int]:
    """Per position: registers of the role's results that are read there or later."""
    length = len(body)
    runs = {i.op: n - i.offset * length for n, i in enumerate(body) if isinstance(i, Run)}
    counts = [0] * length
    for name, written in runs.items():
        result = problem.op[name].result
        if result is None or not problem.op[name].in_registers:
            continue
        read = max(_readings(problem, runs, name, length), default=written)
        for cut in range(length):
            instances = (read - cut) // length - (written - cut) // length
            counts[cut] += instances * result.size
    return counts


def _readings(problem: Problem, runs: dict[str, int], name: str, length: int) -> Iterator[int]:
    """Where the role reads iteration 0 of a result, counted in instructions of its stream."""
    for d in problem.dependences:
        if d.kind == "flow" and d.src == name and d.dst in runs:
            yield runs[d.dst] + d.distance * length
