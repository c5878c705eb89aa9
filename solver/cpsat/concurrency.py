"""CONCURRENCY: the instruction stream of a role around blocking waits."""

from __future__ import annotations

from itertools import combinations, permutations

from twill.problem import Dependence
from twill.solver.certain import always_blocks, least_waits
from twill.solver.cpsat.variables import Expr, Literal, Space, negated
from twill.verify import execution


class Streams:
    """Per operation: whether it blocks, its waits and its send, as literals and expressions.

    ``begin`` and ``end``: the first cycle of its window on its stream, and the first after it.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        incoming: dict[str, list[Dependence]] = {op.name: [] for op in space.problem.ops}
        for d in space.dependences:
            incoming[d.dst].append(d)
        self.blocks: dict[str, Literal] = {}
        self.wait: dict[str, Expr] = {}
        self.send: dict[str, Expr] = {}
        for op in space.problem.ops:
            apart = [space.apart(d.src, d.dst) for d in incoming[op.name]]
            if any(d.blocking for d in incoming[op.name]):
                apart = [space.true]
            self.blocks[op.name] = space.any_of(apart, f"{op.name} blocks")
            self.wait[op.name] = self._wait(incoming[op.name])
            handed = space.handed[op.name]
            self.send[op.name] = op.handoff.issue_send * handed
        names = [op.name for op in space.problem.ops]
        self.begin = {name: space.slot[name] - self.wait[name] for name in names}
        self.end = {
            op.name: space.slot[op.name] + op.issue + self.send[op.name] for op in space.problem.ops
        }

    def _wait(self, incoming: list[Dependence]) -> Expr:
        """One wait per value that comes from another role or is waited for anyway."""
        flows = [d for d in incoming if d.kind == "flow"]
        always = {d.src for d in flows if d.blocking}
        total: Expr = 0
        for source in dict.fromkeys(d.src for d in flows):
            handoff = self.space.problem.op[source].handoff
            here = handoff.issue_wait if source in always else 0
            total += here
            if handoff.issue_receive != here:
                apart = self.space.apart(source, flows[0].dst)
                total += (handoff.issue_receive - here) * apart
        return total


def add_concurrency(space: Space) -> None:
    """CONCURRENCY, in the reading that the problem's limits name."""
    if space.problem.roles is None:
        return
    streams = Streams(space)
    for op in space.problem.ops:
        space.cp.add(streams.end[op.name] - streams.begin[op.name] <= space.ii)
    add_streams(space)
    names = [op.name for op in space.problem.ops]
    if space.problem.limits.concurrency == "paper":
        for running, blocked in permutations(names, 2):
            _exclude_start(space, streams, running, blocked)
        return
    for u, v in combinations(names, 2):
        _exclude_windows(space, streams, u, v)


def add_streams(space: Space) -> None:
    """Redundant: what takes turns on a role fits into one period.

    Windows that surely block take turns with everything; other operations do where they
    contend for a unit that serves one at a time.
    """
    problem = space.problem
    if problem.roles is None or problem.limits.concurrency == "paper":
        return
    window = {op.name: op.issue for op in problem.ops}
    for (_, reader), cycles in least_waits(problem).items():
        window[reader] += cycles
    blocking = [op.name for op in problem.ops if always_blocks(problem, op.name)]
    for r in space.role_numbers:
        base = {name: window[name] for name in blocking if r in space.on[name]}
        for shared in _contended(space) or [{}]:
            turns = shared | base
            row = [n * space.on[name][r] for name, n in turns.items() if r in space.on[name]]
            if row:
                space.cp.add(sum(row) <= space.ii)


def _contended(space: Space) -> list[dict[str, int]]:
    """Per unit that serves one at a time: cycles for which operations issue and hold it."""
    found = []
    for unit in space.problem.units:
        cycles = {
            op.name: min(op.issue, r.length)
            for op in space.problem.ops
            for r in op.reservations.get(unit.name, ())
            if not unit.fluid and r.offset == 0 and 2 * r.amount > unit.capacity
        }
        if any(cycles.values()):
            found.append(cycles)
    return found


def _exclude_windows(space: Space, streams: Streams, u: str, v: str) -> None:
    """On one role, windows of which one begins with a wait do not overlap modulo II."""
    same = space.same(u, v)
    if space.is_false(same):
        return
    causes = {b.index: b for b in (streams.blocks[u], streams.blocks[v])}
    if any(space.is_true(cause) for cause in causes.values()):
        causes = {0: space.true}
    for cause in causes.values():
        if space.is_false(cause):
            continue
        for a, b in ((u, v), (v, u)):
            when = [same, cause, space.before(a, b)]
            space.cp.add(streams.end[a] <= streams.begin[b]).only_enforce_if(when)
            space.cp.add(streams.end[b] <= streams.begin[a] + space.ii).only_enforce_if(when)


def _exclude_start(space: Space, streams: Streams, running: str, blocked: str) -> None:
    """The paper's Figure 6: a blocking start while another operation of the role executes."""
    same = space.same(running, blocked)
    cause = streams.blocks[blocked]
    if space.is_false(same) or space.is_false(cause):
        return
    busy = execution(space.problem, running)
    here, there = space.slot[running], space.slot[blocked]
    after = space.cp.new_bool_var(f"{blocked} after {running}")
    space.cp.add(here + busy <= there).only_enforce_if(same, cause, after)
    space.cp.add(there + 1 <= here + space.ii).only_enforce_if(same, cause, after)
    space.cp.add(here + busy <= there + space.ii).only_enforce_if(same, cause, negated(after))
    space.cp.add(there + 1 <= here).only_enforce_if(same, cause, negated(after))
