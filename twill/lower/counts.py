"""Counted over a finished body: operations still under way, values that a Sync publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twill.lower.program import Drain, Instruction, Run, Sync
from twill.problem import Problem


def with_counts(body: tuple[Instruction, ...], queue: dict[str, str]) -> tuple[Instruction, ...]:
    """The body with ``pending`` and ``certain`` of its drains counted.

    ``queue``: the engine of every asynchronous operation. Counted by running the body for every
    trip count up to one that has steady bodies with nothing but steady bodies behind them.
    """
    offsets = [i.offset for i in body]
    lags = [i.lag for i in body if isinstance(i, Drain)]
    span = max(offsets) - min(offsets) if offsets else 0
    steady: dict[int, int] = {}
    always: dict[int, int] = {}
    for trips in range(1, 2 * (span + max(lags, default=0)) + 4):
        for t, position, count in _counts(body, queue, trips):
            always[position] = min(count, always.get(position, count))
            if all(0 <= t + offset < trips for offset in offsets):
                steady[position] = min(count, steady.get(position, count))
    return tuple(
        replace(i, pending=steady.get(p, 0), certain=always.get(p, 0))
        if isinstance(i, Drain)
        else i
        for p, i in enumerate(body)
    )


def _counts(
    body: tuple[Instruction, ...], queue: dict[str, str], trips: int
) -> Iterator[tuple[int, int, int]]:
    """Per executed drain: body, position, and how many operations came after its own."""
    issued: list[tuple[str, int]] = []
    first = -max(i.offset for i in body)
    last = trips - 1 - min(i.offset for i in body)
    for t in range(first, last + 1):
        for position, i in enumerate(body):
            iteration = t + i.offset
            if not 0 <= iteration < trips:
                continue
            if isinstance(i, Run):
                issued.append((i.op, iteration))
            elif isinstance(i, Drain) and (i.op, iteration - i.lag) in issued:
                behind = issued[issued.index((i.op, iteration - i.lag)) + 1 :]
                yield t, position, sum(queue.get(op) == i.queue for op, _ in behind)


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
