"""Exchanges of operations that leave a problem as it is, such as of two equal sub-tiles.

Of the schedules that such exchanges turn into each other only one need be looked at: see
lemma 5 in ``docs/problem.md``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations

from twill.problem import Dependence, Op, Problem

Exchange = Mapping[str, str]
"""What each operation is exchanged with, itself where it stays: its own inverse."""


def ordered_pairs(problem: Problem) -> list[tuple[str, str, Exchange]]:
    """(v, w, exchange): a schedule may be asked to start v no later than w.

    All pairs hold at once in some schedule of every class of equivalent ones: each pair is
    from an exchange that leaves the operations of earlier pairs where they are.
    """
    pairs: list[tuple[str, str, Exchange]] = []
    left = exchanges(problem)
    for op in problem.ops:
        moved = [found for found in left if found[op.name] != op.name]
        pairs += [(op.name, found[op.name], found) for found in moved]
        left = [found for found in left if found[op.name] == op.name]
    return pairs


def exchanges(problem: Problem) -> list[Exchange]:
    """Exchanges of two operations and what hangs on them, each an automorphism of the problem."""
    if problem.requirements.other_than:
        return []
    arcs = Arcs(problem)
    classes: dict[Hashable, list[str]] = defaultdict(list)
    nature = _numbered({op.name: _nature(op) for op in problem.ops})
    for name, color in _colors(nature, arcs).items():
        classes[color].append(name)
    found: list[Exchange] = []
    for v, w in (pair for names in classes.values() for pair in combinations(names, 2)):
        if any(known[v] == w for known in found):
            continue
        exchange = _grown(problem, arcs, v, w)
        if exchange is not None and _is_automorphism(problem, nature, exchange):
            found.append(exchange)
    return found


class Arcs:
    """What relates two operations: dependences and taken-over storage, by operation."""

    def __init__(self, problem: Problem) -> None:
        self.of: dict[str, dict[Hashable, list[str]]] = {op.name: {} for op in problem.ops}
        for d in problem.dependences:
            self._add(d.src, d.dst, kind_of(d))
        for op in problem.ops:
            if op.in_place is not None:
                self._add(op.in_place.op, op.name, ("in place", op.in_place.distance))

    def _add(self, u: str, v: str, kind: Hashable) -> None:
        self.of[u].setdefault(("to", kind), []).append(v)
        self.of[v].setdefault(("from", kind), []).append(u)


def kind_of(d: Dependence) -> Hashable:
    """All that is said of a dependence, apart from its ends."""
    return (d.delay, d.distance, d.kind, d.blocking, d.read_until)


def _nature(op: Op) -> Hashable:
    """All that is said of an operation, apart from names and what only reports read."""
    reservations = tuple(sorted((unit, tuple(rs)) for unit, rs in op.reservations.items() if rs))
    apart = {"name", "reservations", "in_place", "latencies"}
    return (reservations, *(getattr(op, field) for field in op.__slots__ if field not in apart))


def _colors(color: dict[str, Hashable], arcs: Arcs) -> dict[str, Hashable]:
    """Operations of one color cannot be told apart by their surroundings (refinement)."""
    while True:
        finer = _numbered(
            {
                name: (
                    color[name],
                    frozenset(
                        (kind, frozenset(Counter(color[other] for other in others).items()))
                        for kind, others in arcs.of[name].items()
                    ),
                )
                for name in color
            }
        )
        if len(set(finer.values())) == len(set(color.values())):
            return color
        color = finer


def _numbered(values: Mapping[str, Hashable]) -> dict[str, Hashable]:
    numbers: dict[Hashable, int] = {}
    return {name: numbers.setdefault(value, len(numbers)) for name, value in values.items()}


def _grown(problem: Problem, arcs: Arcs, v: str, w: str) -> Exchange | None:
    """The exchange of v and w, grown along arcs; an attempt that the caller checks."""
    image = {v: w, w: v}
    todo = [(v, w)]
    while todo:
        a, b = todo.pop()
        for kind, theirs in arcs.of[a].items():
            pairs = _matched(image, theirs, arcs.of[b].get(kind, ()))
            if pairs is None:
                return None
            for x, y in pairs:
                image[x], image[y] = y, x
                todo.append((x, y))
    return {op.name: image.get(op.name, op.name) for op in problem.ops}


def _matched(
    image: Mapping[str, str], theirs: Iterable[str], others: Iterable[str]
) -> list[tuple[str, str]] | None:
    """New pairs that turn one neighbourhood into the other; shared neighbours stay."""
    mine, left = list(theirs), list(others)
    if len(mine) != len(left):
        return None
    open_ = []
    for x in mine:
        known = image.get(x, x if x in left else None)
        if known is None:
            open_.append(x)
        elif known in left:
            left.remove(known)
        else:
            return None
    return list(zip(open_, left, strict=True))


def _is_automorphism(problem: Problem, nature: Mapping[str, Hashable], image: Exchange) -> bool:
    """Whether the problem reads the same after the exchange; in-place results included."""
    op = problem.op
    for name, other in image.items():
        if image[other] != name or nature[name] != nature[other]:
            return False
        place, target = op[name].in_place, op[other].in_place
        moved = place and (image[place.op], place.distance)
        if moved != (target and (target.op, target.distance)):
            return False
    before = Counter((d.src, d.dst, kind_of(d)) for d in problem.dependences)
    after = Counter((image[d.src], image[d.dst], kind_of(d)) for d in problem.dependences)
    return before == after and _keeps_labels(problem.requirements.roles, image)


def _keeps_labels(labels: Mapping[str, str], image: Exchange) -> bool:
    """Whether operations with one label keep one label, and the others keep others."""
    renamed: dict[str, str] = {}
    for name, label in labels.items():
        other = labels.get(image[name])
        if other is None or renamed.setdefault(label, other) != other:
            return False
    return len(set(renamed.values())) == len(renamed)


def representative(
    problem: Problem, start: Mapping[str, int], role: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """The schedule of the same class that starts every pair of ``ordered_pairs`` in order."""
    pairs = ordered_pairs(problem)
    while swap := next((e for v, w, e in pairs if start[w] < start[v]), None):
        start = {name: start[swap[name]] for name in start}
        role = {name: role[swap[name]] for name in role}
    return dict(start), dict(role)
