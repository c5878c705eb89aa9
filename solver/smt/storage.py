"""What in-place results mean: who must have finished first, and which results share a ring.

Written from ``docs/problem.md`` and not taken from ``twill.accounting``, so that an error in
one of the two shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twill.problem import Dependence, InPlace, Problem


def reading(problem: Problem, d: Dependence) -> int:
    """Cycles after its start for which a reader reads."""
    return problem.op[d.dst].latency if d.read_until is None else d.read_until


def takes_registers(problem: Problem, d: Dependence) -> bool:
    """Whether the reader's result goes into the registers that it reads."""
    ends = problem.op[d.src], problem.op[d.dst]
    place = InPlace(d.src, d.distance)
    return d.kind == "flow" and ends[1].in_place == place and all(e.in_registers for e in ends)


def orders(problem: Problem) -> tuple[Dependence, ...]:
    """The stated dependences and those that follow from storage taken over."""
    found = list(problem.dependences)
    for taker in problem.ops:
        place = taker.in_place
        if place is None:
            continue
        readers = [d for d in problem.dependences if d.kind == "flow" and d.src == place.op]
        if all((d.dst, d.distance) != (taker.name, place.distance) for d in readers):
            after = problem.op[place.op].latency
            found.append(Dependence(place.op, taker.name, after, place.distance, "output"))
        for d in readers:
            shares = problem.op[d.dst].in_place == place
            if d.dst != taker.name and not shares:
                gap = place.distance - d.distance
                after = reading(problem, d)
                found.append(Dependence(d.dst, taker.name, after, gap, "anti"))
    return tuple(found)


@dataclass
class Ring:
    """Results in one memory that use the same slots; each lags by some iterations."""

    memory: str
    lags: dict[str, int] = field(default_factory=dict)
    size: int = 0
    endless: bool = False


def rings(problem: Problem) -> list[Ring]:
    """The rings; endless are those whose storage comes back to where it came from."""
    ring_of: dict[str, Ring] = {}
    found: list[Ring] = []
    for op in problem.ops:
        if op.result is None or op.in_registers:
            continue
        ring = Ring(op.result.space, {op.name: 0}, op.result.size)
        ring_of[op.name] = ring
        found.append(ring)
    for op in problem.ops:
        place = op.in_place
        if place is None or op.name not in ring_of or place.op not in ring_of:
            continue
        ours, theirs = ring_of[op.name], ring_of[place.op]
        if ours is theirs:
            ours.endless = True
        elif ours.memory == theirs.memory:
            _merge(ours, theirs, theirs.lags[place.op] + place.distance - ours.lags[op.name])
            found = [ring for ring in found if ring is not ours]
            ring_of.update(dict.fromkeys(theirs.lags, theirs))
    return found


def _merge(ours: Ring, theirs: Ring, lag: int) -> None:
    """All of ours go into theirs, so many iterations later."""
    theirs.lags.update({name: own + lag for name, own in ours.lags.items()})
    theirs.size = max(theirs.size, ours.size)
    theirs.endless |= ours.endless
