"""Lemma 5: exchanges of operations after which the problem reads the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from twill.check.period import Invalid
from twill.problem import Op, Problem, groups

Moves = Mapping[str, str]

_RELATED = {"name", "reservations", "in_place", "latencies"}
"""Fields of an operation that are compared otherwise, or (latencies) that only reports read."""


def check_exchanges(
    problem: Problem, stated: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, str], ...]:
    """The pairs (v, w) whose starts may be asked to be in order, by lemma 5. Raises Invalid."""
    order = {op.name: number for number, op in enumerate(problem.ops)}
    firsts: list[str] = []
    pairs: list[tuple[str, str]] = []
    for number, exchange in enumerate(stated):
        at = f"exchanges[{number}]"
        first, moves = exchange["first"], exchange["moves"]
        if any(name not in order for name in (first, *moves, *moves.values())):
            raise Invalid(f"{at}: it moves what is no operation")
        if first not in moves or moves[first] == first:
            raise Invalid(f"{at}: it does not move {first}")
        if firsts and order[first] < order[firsts[-1]]:
            raise Invalid(f"{at}: {first} is not in program order after {firsts[-1]}")
        for earlier in firsts:
            if earlier != first and moves.get(earlier, earlier) != earlier:
                raise Invalid(f"{at}: it moves {earlier}, which an exchange before it is about")
        check_automorphism(problem, moves, at)
        firsts.append(first)
        pairs.append((first, moves[first]))
    return tuple(pairs)


def check_automorphism(problem: Problem, moves: Moves, at: str) -> None:
    """Check that a renaming is its own inverse and that the problem reads the same after it."""
    image = {op.name: moves.get(op.name, op.name) for op in problem.ops}
    for name, other in image.items():
        if image[other] != name:
            raise Invalid(f"{at}: {name} goes to {other}, which does not come back")
        if _renamed(problem.op[name], image) != _renamed(problem.op[other], {}):
            raise Invalid(f"{at}: {name} and {other} are not alike")
    before = Counter(_dependences(problem, {}))
    if before != Counter(_dependences(problem, image)):
        raise Invalid(f"{at}: the dependences are not the same after it")
    wanted = problem.requirements
    if _partition(wanted.roles, {}) != _partition(wanted.roles, image):
        raise Invalid(f"{at}: the required roles are not the same after it")
    partitions = Counter(_partition(labels, {}) for labels in wanted.other_than)
    if partitions != Counter(_partition(labels, image) for labels in wanted.other_than):
        raise Invalid(f"{at}: the refused partitions are not the same after it")


def _renamed(op: Op, image: Moves) -> Hashable:
    """All that is said of an operation but its name, with what it takes over renamed."""
    held = tuple(sorted((unit, rs) for unit, rs in op.reservations.items() if rs))
    place = op.in_place and (image.get(op.in_place.op, op.in_place.op), op.in_place.distance)
    rest = tuple(getattr(op, field) for field in op.__slots__ if field not in _RELATED)
    return (held, place, rest)


def _dependences(problem: Problem, image: Moves) -> list[Hashable]:
    return [
        (
            image.get(d.src, d.src),
            image.get(d.dst, d.dst),
            (d.delay, d.distance, d.kind, d.blocking, d.read_until),
        )
        for d in problem.dependences
    ]


def _partition(labels: Mapping[str, str], image: Moves) -> Hashable:
    """Which operations share a label, whatever the labels are called."""
    return frozenset(frozenset(image.get(name, name) for name in names) for names in groups(labels))
