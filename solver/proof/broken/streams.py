"""CONCURRENCY: windows that waits and sends make too long for their stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

from twill.check.rules.streams import assumptions, blocks, least_window
from twill.solver.proof.candidate import Candidate
from twill.solver.proof.stated import Assumed, distinct
from twill.verify import execution


def add_streams(candidate: Candidate) -> int:
    """Windows longer than a period, and pairs that overlap, with as few assumptions as show it."""
    problem = candidate.period.problem
    if problem.roles is None:
        return 0
    new = sum(_add_window(candidate, op.name) for op in problem.ops)
    if problem.limits.concurrency == "paper":
        names = [op.name for op in problem.ops]
        on_one = ((u, v) for u, v in permutations(names, 2) if _together(candidate, u, v))
        return new + sum(_add_figure_6(candidate, u, v) for u, v in on_one)
    return new + sum(_add_pair(candidate, u, v) for u, v in _clashes(candidate))


def _together(candidate: Candidate, u: str, v: str) -> bool:
    return candidate.role[u] == candidate.role[v]


def _clashes(candidate: Candidate) -> Iterator[tuple[str, str]]:
    """Pairs of one role of which one blocks and whose windows overlap, with all roles known."""
    usage, ii = candidate.usage, candidate.period.ii
    names = [op.name for op in candidate.period.problem.ops]
    window = {name: usage.window(name) for name in names}
    blocking = {name for name in names if usage.blocks(name)}
    for u, v in combinations(names, 2):
        waits = _together(candidate, u, v) and (u in blocking or v in blocking)
        if waits and _turns(window[u], window[v], ii):
            yield u, v


def _turns(one: tuple[int, int], other: tuple[int, int], ii: int) -> list[int]:
    """Every k for which the other window, k periods later, overlaps with this one."""
    (begin, end), (first, last) = one, other
    turns = range((begin - last) // ii, (end - first) // ii + 1)
    return [k for k in turns if first + k * ii < end and begin < last + k * ii]


def _facts(candidate: Candidate, *names: str) -> Assumed:
    """Which neighbours of operations are on their roles."""
    usage = candidate.usage
    return distinct(
        [d.src, d.dst, not usage.crosses(d)]
        for d in usage.dependences
        if d.src != d.dst and (d.src in names) != (d.dst in names)
    )


def _add_window(candidate: Candidate, name: str) -> int:
    def too_long(assumed: Assumed) -> bool:
        begin, end = least_window(candidate.period, name, assumptions(assumed)[0])
        return end.cycles - begin.cycles > candidate.period.ii

    assumed = _facts(candidate, name)
    if not too_long(assumed):
        return 0
    return candidate.axioms.add("window", name, _fewest(assumed, too_long))


def _add_pair(candidate: Candidate, u: str, v: str) -> int:
    def overlaps(assumed: Assumed) -> list[int]:
        return _overlaps(candidate, u, v, assumed)

    assumed = _facts(candidate, u, v)
    fewest = _fewest(assumed, overlaps)
    return sum(candidate.axioms.add("stream", u, v, k, fewest) for k in overlaps(fewest))


def _overlaps(candidate: Candidate, u: str, v: str, assumed: Assumed) -> list[int]:
    """The turns k in which v, k periods later, overlaps with u as far as roles are assumed."""
    period = candidate.period
    known = assumptions([*assumed, [u, v, True]])[0]
    if not (blocks(period, u, known) or blocks(period, v, known)):
        return []
    (a, b), (c, d) = least_window(period, u, known), least_window(period, v, known)
    one = candidate.start[u] + a.cycles, candidate.start[u] + b.cycles
    other = candidate.start[v] + c.cycles, candidate.start[v] + d.cycles
    return _turns(one, other, period.ii)


def _add_figure_6(candidate: Candidate, running: str, blocked: str) -> int:
    period = candidate.period

    def waits(assumed: Assumed) -> bool:
        known = assumptions([*assumed, [running, blocked, True]])[0]
        return blocks(period, blocked, known)

    assumed = _facts(candidate, blocked)
    assumed = [row for row in assumed if set(row[:2]) != {running, blocked}]
    if not waits(assumed):
        return 0
    begin, now = candidate.start[running], candidate.start[blocked]
    under_way = candidate.instances(now, begin, begin + execution(period.problem, running))
    fewest = _fewest(assumed, waits)
    return sum(candidate.axioms.add("figure_6", running, blocked, -k, fewest) for k in under_way)


def _fewest(assumed: Assumed, enough: Callable[[Assumed], object]) -> Assumed:
    """Assumptions none of which can be left out."""
    for each in list(assumed):
        fewer = [other for other in assumed if other != each]
        if enough(fewer):
            assumed = fewer
    return assumed
