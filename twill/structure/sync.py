"""C4: whether every barrier of one kernel is something that the other keeps in order as well.

The other is a schedule. What it keeps in order is a path of its event graph: dependences, the
streams of its roles, slots of rings, turns on a unit. A path of k tokens says that iteration i + k
of its last event comes after iteration i of its first, and so does every later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twill.accounting import Usage
from twill.comparison import Answer, Criterion
from twill.events.graph import Edge
from twill.events.schedule import issued, schedule_graph
from twill.problem import Problem
from twill.structure.model import Barrier, Structure
from twill.structure.words import several

TITLE = ("C4", "synchronisation")


class HappensBefore:
    """Which starts of operations a schedule keeps in order.

    ``units``: counting the turns on units, which the schedule fixes and its program keeps as far
    as they matter (docs/lowering.md, turns).
    """

    def __init__(self, usage: Usage, units: bool) -> None:
        edges = schedule_graph(usage).edges
        self._loads = {op.name: issued(op) for op in usage.problem.ops if op.streaming}
        self._edges = tuple(e for e in edges if units or e.kind != "unit")
        self._tokens: dict[str, dict[str, int]] = {}

    def implies(self, barrier: Barrier) -> bool:
        """Whether what stands behind the barrier always comes after what stands in front.

        In front of a streaming load any ring will do: its depth is compared by itself (C5).
        """
        assert barrier.after is not None
        assert barrier.before is not None
        apart = barrier.before.offset - barrier.after.offset
        if barrier.after.op == barrier.before.op and apart >= 0:
            return True
        load = self._loads.get(barrier.before.op)
        fewest = self._from(barrier.after.op).get(load or barrier.before.op)
        return fewest is not None and (load is not None or fewest <= apart)

    def _from(self, src: str) -> dict[str, int]:
        if src not in self._tokens:
            self._tokens[src] = _fewest_tokens(self._edges, src)
        return self._tokens[src]


def _fewest_tokens(edges: Sequence[Edge], src: str) -> dict[str, int]:
    """The fewest tokens on a path from an event to every other (Bellman and Ford)."""
    fewest = {src: 0}
    for _ in range(2 * len(edges)):
        changed = False
        for edge in edges:
            if edge.src in fewest:
                tokens = fewest[edge.src] + edge.tokens
                if tokens < fewest.get(edge.dst, tokens + 1):
                    fewest[edge.dst] = tokens
                    changed = True
        if not changed:
            break
    return fewest


def sync_criterion(problem: Problem, usage: Usage, ours: Structure, theirs: Structure) -> Criterion:
    """C4 with its evidence: each barrier, and what only one of the two hands over.

    A schedule has no barriers of its own: what it hands over from role to role is compared.
    """
    handed = _handoffs(problem, ours, theirs)
    if theirs.period is not None:
        same = ("the same values are handed from role to role",)
        return Criterion(TITLE[0], TITLE[1], "different" if handed else "same", handed or same)
    wanted = _Wanted(usage)
    told = [wanted.told(name, some) for name, some in _by_name(theirs.barriers).items()]
    if not told:
        told.append("no explicit barriers to compare")
    answer: Answer = "different" if wanted.missing else "same"
    return Criterion(TITLE[0], TITLE[1], answer, (*told, *handed))


class _Wanted:
    """Barriers looked for in a schedule; ``missing`` are those that it does not imply."""

    def __init__(self, usage: Usage) -> None:
        self.missing: list[str] = []
        self._always = HappensBefore(usage, units=False)
        self._in_turn = HappensBefore(usage, units=True)
        self._usage = usage

    def _by_the_clock(self, barrier: Barrier) -> bool:
        """Whether the starts of this schedule happen to be in order."""
        assert barrier.after is not None
        assert barrier.before is not None
        apart = (barrier.before.offset - barrier.after.offset) * self._usage.ii
        start = self._usage.start
        return start[barrier.before.op] + apart >= start[barrier.after.op]

    def told(self, name: str, some: Sequence[Barrier]) -> str:
        """One barrier, on all sub-tiles that have it, in a sentence."""
        stated = [b for b in some if b.after is not None and b.before is not None]
        note = "; ".join(dict.fromkeys(b.note for b in some if b.note))
        if not stated:
            return f"{name}: no counterpart in the loop" + (f", {note}" if note else "")
        absent = [b for b in stated if not self._in_turn.implies(b)]
        if absent:
            self.missing.append(name)
            kept = all(map(self._by_the_clock, absent))
            timed = "in time here, but nothing keeps it so" if kept else "and not so in time"
            return f"{name}: not implied, {_told(absent)} ({timed})"
        if all(self._always.implies(b) for b in stated):
            return f"{name}: implied, {_told(stated)}"
        return f"{name}: implied by turns on a unit, {_told(stated)}"


def _by_name(barriers: Iterable[Barrier]) -> dict[str, list[Barrier]]:
    found: dict[str, list[Barrier]] = {}
    for barrier in barriers:
        found.setdefault(barrier.name, []).append(barrier)
    return found


def _told(barriers: Sequence[Barrier]) -> str:
    said = [f"{b.after} before {b.before}" for b in barriers[:1]]
    more = len(barriers) - len(said)
    return said[0] + (f" and {more} alike" if more else "")


def _handoffs(problem: Problem, ours: Structure, theirs: Structure) -> tuple[str, ...]:
    """What only one of the two hands from role to role."""
    mine, other = _handed_over(problem, ours), _handed_over(problem, theirs)
    found = []
    if mine - other:
        found.append(f"handed to another role in ours only: {several(problem, mine - other)}")
    if other - mine:
        found.append(f"handed to another role in theirs only: {several(problem, other - mine)}")
    return tuple(found)


def _handed_over(problem: Problem, structure: Structure) -> set[str]:
    return {
        d.src
        for d in problem.dependences
        if d.kind == "flow"
        and {d.src, d.dst} <= set(structure.role)
        and not structure.together(d.src, d.dst)
    }
