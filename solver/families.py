"""Operations that are slices of one, and the coarser problem in which each family is one.

Slices of one operation within one sub-tile usually share a role. The coarser problem only
proposes roles: nothing is concluded from it, and what is found with them is checked as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twill.problem import Dependence, InPlace, Op, Problem, Requirements, Reservation
from twill.solver.fold import sub_tiles
from twill.storage import read_end

Families = tuple[tuple[str, ...], ...]
"""Names of operations, family by family, in program order."""


def families(problem: Problem) -> Families:
    """Slices by the operation that they are of, each equal sub-tile by itself."""
    free = replace(problem, requirements=Requirements())
    tile = {name: turn for turn, image in enumerate(sub_tiles(free)) for name in image.values()}
    found: dict[tuple[str, int | None], list[str]] = {}
    for op in problem.ops:
        found.setdefault((op.name.split("[")[0], tile.get(op.name)), []).append(op.name)
    return tuple(map(tuple, found.values()))


def coarser(problem: Problem, of: Families) -> Problem:
    """The problem with each family as one operation, named as its first, slice after slice."""
    first = {name: names[0] for names in of for name in names}
    lag = {name: at for names in of for name, at in _lags(problem, names).items()}
    ops = tuple(_merged(problem, names, first, lag) for names in of)
    requirements = Requirements(no_handoff=problem.requirements.no_handoff)
    arcs = tuple(_dependences(problem, first, lag))
    return replace(problem, ops=ops, dependences=arcs, requirements=requirements)


def _lags(problem: Problem, names: tuple[str, ...]) -> dict[str, int]:
    """How long after the first slice each one starts, at the earliest."""
    lag: dict[str, int] = {}
    at = 0
    for name in names:
        waits = [
            lag[d.src] + d.delay
            for d in problem.dependences
            if d.dst == name and d.src in lag and d.distance == 0
        ]
        lag[name] = max([at, *waits])
        at = lag[name] + problem.op[name].issue
    return lag


def _merged(
    problem: Problem, names: tuple[str, ...], first: dict[str, str], lag: dict[str, int]
) -> Op:
    ops = [problem.op[name] for name in names]
    taken = {op.in_place.op for op in ops if op.in_place is not None and op.in_place.distance == 0}
    sizes = [op.result.size for op in ops if op.result is not None and op.name not in taken]
    places = [op.in_place for op in ops if op.in_place is not None]
    outer = [p for p in places if first[p.op] != names[0] or p.distance]
    result = ops[0].result
    return replace(
        ops[0],
        issue=sum(op.issue for op in ops),
        latency=max(lag[op.name] + op.latency for op in ops),
        reservations=_reservations(ops),
        result=replace(result, size=sum(sizes)) if result is not None and sizes else result,
        in_place=InPlace(first[outer[0].op], outer[0].distance) if outer else None,
        handoff=replace(
            ops[0].handoff,
            bytes=sum(op.handoff.bytes for op in ops),
            issue_send=sum(op.handoff.issue_send for op in ops),
        ),
    )


def _reservations(ops: list[Op]) -> dict[str, tuple[Reservation, ...]]:
    """Each unit for as long as all slices together hold it."""
    found: dict[str, tuple[Reservation, ...]] = {}
    for unit in dict.fromkeys(unit for op in ops for unit in op.reservations):
        held = [r for op in ops for r in op.reservations.get(unit, ())]
        if held:
            length = sum(r.length for r in held)
            found[unit] = (Reservation(0, length, max(r.amount for r in held)),)
    return found


def _dependences(
    problem: Problem, first: dict[str, str], lag: dict[str, int]
) -> Iterable[Dependence]:
    """One for all of a kind between two families; those from slice to slice are in the lags."""
    found: dict[tuple[str, str, int, str], Dependence] = {}
    for d in problem.dependences:
        src, dst = first[d.src], first[d.dst]
        if src == dst and d.distance == 0:
            continue
        moved = replace(
            d,
            src=src,
            dst=dst,
            delay=max(0, lag[d.src] + d.delay - lag[d.dst]),
            read_until=lag[d.dst] + read_end(problem, d),
        )
        key = (src, dst, d.distance, d.kind)
        found[key] = _both(found.get(key, moved), moved)
    return found.values()


def _both(one: Dependence, two: Dependence) -> Dependence:
    return replace(
        one,
        delay=max(one.delay, two.delay),
        blocking=one.blocking or two.blocking,
        read_until=max(one.read_until or 0, two.read_until or 0),
    )
