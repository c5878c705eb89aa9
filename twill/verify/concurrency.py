"""CONCURRENCY: what a role may be in the middle of when one of its operations blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from twill.accounting import Usage
from twill.problem import Problem
from twill.verify.case import Case, Violation


def check_concurrency(case: Case) -> Iterator[Violation]:
    """CONCURRENCY: no operation is in the middle of its issue when another of its role blocks."""
    if case.problem.roles is None:
        return
    usage, ii = case.usage, case.schedule.ii
    for op in case.problem.ops:
        begin, end = usage.window(op.name)
        if end - begin > ii:
            yield Violation(
                "CONCURRENCY",
                f"{op.name} keeps role {usage.role[op.name]} for {end - begin} cycles,"
                f" the II is {ii}",
                (op.name,),
            )
    if case.problem.limits.concurrency == "paper":
        yield from _concurrency_paper(case)
        return
    for first, second in combinations(_names(case), 2):
        if usage.role[first] != usage.role[second]:
            continue
        blocking = usage.blocks(first) or usage.blocks(second)
        if blocking and _arcs_meet(usage.window(first), usage.window(second), ii):
            yield _concurrency_violation(usage, first, second)


def _concurrency_paper(case: Case) -> Iterator[Violation]:
    """Figure 6 of the paper to the letter: a blocking operation starts while none executes."""
    usage, ii = case.usage, case.schedule.ii
    for running, blocked in permutations(_names(case), 2):
        if usage.role[running] != usage.role[blocked] or not usage.blocks(blocked):
            continue
        begin = usage.start[running]
        starts = usage.start[blocked]
        busy = (begin, begin + execution(case.problem, running))
        if _arcs_meet(busy, (starts, starts + 1), ii):
            yield _concurrency_violation(usage, running, blocked)


def _names(case: Case) -> list[str]:
    """The operations in program order."""
    return [op.name for op in case.problem.ops]


def execution(problem: Problem, name: str) -> int:
    """Cycles for which an operation executes: its issue and its reservations."""
    op = problem.op[name]
    ends = [r.offset + r.length for reserved in op.reservations.values() for r in reserved]
    return max([op.issue, *ends])


def _concurrency_violation(usage: Usage, first: str, second: str) -> Violation:
    (a, b), (c, d) = usage.window(first), usage.window(second)
    return Violation(
        "CONCURRENCY",
        f"role {usage.role[first]}: {first} [{a}, {b}) and {second} [{c}, {d}) overlap modulo"
        f" {usage.ii} and one of them waits",
        (first, second),
    )


def _arcs_meet(a: tuple[int, int], b: tuple[int, int], ii: int) -> bool:
    """Whether two half-open intervals of cycles overlap modulo II.

    An empty interval overlaps what it lies strictly inside of.
    """
    apart = (b[0] - a[0]) % ii
    in_order = a[1] - a[0] <= apart and b[1] - b[0] <= ii - apart
    at_once = apart == 0 and b[1] <= b[0] and a[1] - a[0] <= ii
    return not (in_order or at_once)
