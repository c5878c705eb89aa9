"""CONCURRENCY: windows of one instruction stream, as pairs of points in time."""

from __future__ import annotations

from itertools import combinations, permutations

from twill.problem import Op
from twill.solver.smt.capacity import keep_apart
from twill.solver.smt.space import Literal, Point, Space, negated


def add_concurrency(space: Space, handed: dict[str, Literal]) -> None:
    """CONCURRENCY, in the reading that the problem names."""
    if space.problem.roles is None:
        return
    windows = {op.name: _window(space, op, handed[op.name]) for op in space.problem.ops}
    blocks = {op.name: _blocks(space, op.name) for op in space.problem.ops}
    for begin, end in windows.values():
        space.claim(space.late(begin, end, -space.ii))
    names = [op.name for op in space.problem.ops]
    if space.problem.limits.concurrency == "paper":
        for running, blocked in permutations(names, 2):
            _add_figure_6(space, running, blocked, blocks[blocked])
        return
    for u, v in combinations(names, 2):
        for blocking in (blocks[u], blocks[v]):
            keep_apart(space, windows[u], windows[v], space.apart(u, v), negated(blocking))


def _add_figure_6(space: Space, running: str, blocked: str, blocking: Literal) -> None:
    """The paper's Figure 6: a blocking operation starts while no other of its role executes."""
    op = space.problem.op[running]
    ends = [r.offset + r.length for held in op.reservations.values() for r in held]
    begin, now = space.start[running], space.start[blocked]
    busy = max([op.issue, *ends])
    for k in space.turns(now, begin, 1, busy):
        turn = k * space.ii
        over, ahead = space.late(now, begin, turn + busy), space.late(begin, now, 1 - turn)
        space.claim(over, ahead, space.apart(running, blocked), negated(blocking))


def _blocks(space: Space, name: str) -> Literal:
    """Whether an operation waits: told to, or for anything of another role."""
    incoming = [d for d in space.orders if d.dst == name]
    causes = [d.blocking or space.apart(d.src, name) for d in incoming]
    return space.forced_by_any(f"{name} blocks", causes)


def _window(space: Space, op: Op, handed: Literal) -> tuple[Point, Point]:
    """From the first wait to the end of issue and send: at least these, and no reason for more."""
    begin = space.start[op.name]
    flows = [d for d in space.flows if d.dst == op.name]
    for source in dict.fromkeys(d.src for d in flows):
        costs = space.problem.op[source].handoff
        here = costs.issue_wait if any(d.blocking for d in flows if d.src == source) else 0
        together = space.same(source, op.name)
        begin = _earlier(space, begin, here, costs.issue_receive, together)
    end = space.start[op.name].plus(op.issue)
    send = op.handoff.issue_send
    if handed is True or not send:
        return begin, end.plus(send if handed is True else 0)
    if handed is False:
        return begin, end
    last = space.point(f"end of {op.name}", end.low, end.high + end.offset + send)
    space.claim(space.late(last, end))
    space.claim(space.late(last, end, send), negated(handed))
    return begin, last


def _earlier(space: Space, point: Point, here: int, there: int, together: Literal) -> Point:
    """``here`` or ``there`` cycles before a point, by whether two are on one role."""
    if together is True or here == there:
        return point.plus(-here)
    if together is False:
        return point.plus(-there)
    low = point.low + point.offset - max(here, there)
    result = space.point(f"before {point.of} {point.offset}", low, point.high + point.offset)
    space.claim(space.late(point, result, here), negated(together))
    space.claim(space.late(point, result, there), together)
    return result
