"""Counted over a finished body: operations still under way, values that a Sync publishes."""

from __future__ import annotations

from dataclasses import replace

from twill.lower.program import Drain, Instruction, Run, Sync
from twill.problem import Problem


def with_counts(body: tuple[Instruction, ...], queue: dict[str, str]) -> tuple[Instruction, ...]:
    """The body with ``pending`` and ``certain`` of its drains counted.

    ``queue``: the engine of every asynchronous operation.
    """
    return tuple(
        _counted(body, i, instruction, queue) if isinstance(instruction, Drain) else instruction
        for i, instruction in enumerate(body)
    )


def _counted(
    body: tuple[Instruction, ...], position: int, drain: Drain, queue: dict[str, str]
) -> Drain:
    """Count what stands between the operation and the drain, body by body."""
    at = next(i for i, r in enumerate(body) if isinstance(r, Run) and r.op == drain.op)
    # The drain in body 0 is for the operation in this body, which is 0 or earlier.
    first = drain.offset - drain.lag - body[at].offset
    pending = certain = 0
    for t in range(first, 1):
        for i, run in enumerate(body):
            behind = (t, i) > (first, at)
            if not (behind and (t, i) < (0, position) and isinstance(run, Run)):
                continue
            if queue.get(run.op) == drain.queue:
                pending += 1
                certain += t + run.offset <= drain.offset - drain.lag
    return replace(drain, pending=pending, certain=certain)


def published(problem: Problem, body: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
    """Every Sync with the values that its role stored in memory since the Sync before."""
    stored: list[str] = []
    made: list[Instruction] = []
    for instruction in (*body, *body):
        if isinstance(instruction, Run) and _stores(problem, instruction.op):
            stored.append(instruction.op)
        if isinstance(instruction, Sync):
            made.append(replace(instruction, publishes=tuple(dict.fromkeys(stored))))
            stored = []
        else:
            made.append(instruction)
    return tuple(made[len(body) :])


def _stores(problem: Problem, name: str) -> bool:
    op = problem.op[name]
    return op.result is not None and not op.in_registers and not op.asynchronous
