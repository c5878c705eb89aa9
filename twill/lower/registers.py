"""Which values share registers in a program, and how many instances are held at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twill.accounting import Usage, ceil_div
from twill.lower.program import Held
from twill.problem import Dependence, Problem
from twill.storage import read_end, takes_over


@dataclass(frozen=True, slots=True)
class Chain:
    """Register values of one role, one taking over the registers of another.

    ``members`` maps each to the iterations by which it lags the first, ``name``.
    ``accumulator``: the chain closes over an iteration, one copy serves all of them.
    """

    name: str
    role: str
    members: Mapping[str, int]
    size: int
    copies: int
    accumulator: bool

    def held(self) -> Held:
        """The chain as a part of its role's program."""
        return Held(self.name, tuple(self.members), self.size, self.copies)


def chains(usage: Usage) -> tuple[Chain, ...]:
    """All register values, in program order of the first of each chain."""
    problem = usage.problem
    taken = {d.dst: d for d in problem.dependences if takes_over(problem, d)}
    taken = {n: d for n, d in taken.items() if not usage.crosses(d) and _alike(problem, d)}
    groups: dict[str, dict[str, int]] = {}
    cyclic: set[str] = set()
    for op in problem.ops:
        if op.in_registers:
            head, lag, looped = _head(problem, taken, op.name)
            groups.setdefault(head, {})[op.name] = lag
            if looped:
                cyclic.add(head)
    return tuple(_chain(usage, head, members, head in cyclic) for head, members in groups.items())


def _alike(problem: Problem, taken: Dependence) -> bool:
    """Only registers of one size are one variable; a smaller tile is written beside the larger."""
    one, other = problem.op[taken.src].result, problem.op[taken.dst].result
    return one is not None and other is not None and one.size == other.size


def _head(problem: Problem, taken: Mapping[str, Dependence], name: str) -> tuple[str, int, bool]:
    """The first value of a chain, the lag to it, and whether the chain is a circle."""
    trail: dict[str, int] = {}
    at, lag = name, 0
    while at not in trail:
        trail[at] = lag
        if at not in taken:
            return at, lag, False
        at, lag = taken[at].src, lag + taken[at].distance
    circle = list(trail)[list(trail).index(at) :]
    return min(circle, key=list(problem.op).index), 0, True


def _chain(usage: Usage, head: str, members: dict[str, int], circle: bool) -> Chain:
    problem = usage.problem
    sizes = [r.size for name in members if (r := problem.op[name].result) is not None]
    spans = [span for name, lag in members.items() for span in _spans(usage, name, lag)]
    life = max(end for _, end in spans) - min(begin for begin, _ in spans)
    copies = 1 if circle else max(1, ceil_div(life, usage.ii))
    return Chain(head, usage.role[head], members, max(sizes), copies, circle)


def _spans(usage: Usage, name: str, lag: int) -> Iterator[tuple[int, int]]:
    """When a value of a chain is held, counted from iteration 0 of the chain."""
    op = usage.problem.op[name]
    start = usage.start[name] + lag * usage.ii
    yield start, start + op.latency
    for d in usage.problem.dependences:
        if d.kind != "flow" or d.src != name:
            continue
        if usage.crosses(d):
            yield start, start + op.latency + usage.send(name)
        else:
            reader = usage.start[d.dst] + (d.distance + lag) * usage.ii
            until = 0 if takes_over(usage.problem, d) else read_end(usage.problem, d)
            yield start, reader + until


def received(usage: Usage) -> Iterator[tuple[str, Held]]:
    """Copies of other roles' values: (role, registers), one for each reader."""
    for name, readers in usage.handed_off.items():
        result = usage.problem.op[name].result
        if result is None or not usage.problem.op[name].in_registers:
            continue
        for d in readers:
            label = f"{name} for {d.dst}"
            yield usage.role[d.dst], Held(label, (name,), result.size, 1)
