"""A normalised schedule at machine cycles: roles, stages and orders kept, II recomputed.

A proof at normalised costs bounds nothing at machine costs, in neither direction. What can be
said is how fast the same structure runs: operations that take turns on a unit, or on the stream
of a role of which one blocks, keep their cyclic order and the iterations they belong to. The
smallest II of these arcs follows from their circuits; ``verify`` then judges the schedule by
Twill's own accounting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from twill.accounting import Usage
from twill.problem import Problem, Unit
from twill.schedule import Schedule
from twill.solver.assemble import Claim, assemble
from twill.solver.paper.solution import Solution
from twill.verify import Violation, verify


@dataclass(frozen=True, slots=True)
class Replay:
    """The schedule at machine cycles, and which of Twill's constraints it breaks.

    Without a schedule no II keeps the structure: ``conflict`` names the operations of a circuit
    of turns and dependences that no iteration passes.
    """

    schedule: Schedule | None
    violations: tuple[Violation, ...] = ()
    conflict: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arc:
    """start[dst] + turns * II >= start[src] + delay."""

    src: str
    dst: str
    delay: int
    turns: int


def replay(problem: Problem, solution: Solution, digest: str) -> Replay | None:
    """The fastest schedule with the structure of a solution.

    None if operations are on several warps each, for which Twill has no roles.
    """
    if any(len(places) > 1 for places in solution.places.values()):
        return None
    role = {name: places[0] for name, places in solution.places.items() if places}
    arcs = list(_arcs(problem, solution, role))
    ii, start, conflict = _smallest(problem, arcs)
    if conflict:
        return Replay(None, (), conflict)
    claim = Claim("feasible", 1, "not proved")
    schedule = assemble(problem, digest, ii, start, role, claim)
    return Replay(schedule, verify(problem, schedule))


def _arcs(problem: Problem, solution: Solution, role: dict[str, int]) -> Iterator[_Arc]:
    """Dependences, turns on units, and turns on the streams of roles."""
    names = {name: str(number) for name, number in role.items()}
    usage = Usage(problem, 1, dict.fromkeys(solution.start, 0), names)
    for d in usage.dependences:
        yield _Arc(d.src, d.dst, usage.delay(d), d.distance)
    order = {op.name: k for k, op in enumerate(problem.ops)}
    slots = {n: (t % solution.ii, t // solution.ii, order[n]) for n, t in solution.start.items()}
    for one, other in combinations(sorted(slots, key=lambda name: slots[name]), 2):
        stages = solution.start[one] // solution.ii, solution.start[other] // solution.ii
        ahead, back = _gaps(problem, usage, one, other)
        if ahead is not None and back is not None:
            yield _Arc(one, other, ahead, stages[0] - stages[1])
            yield _Arc(other, one, back, stages[1] - stages[0] + 1)


def _gaps(problem: Problem, usage: Usage, one: str, other: str) -> tuple[int | None, int | None]:
    """Cycles from one start to the other's where the two take turns, else None."""
    ahead: list[int] = []
    back: list[int] = []
    for unit in problem.units:
        first = problem.op[one].reservations.get(unit.name, ())
        second = problem.op[other].reservations.get(unit.name, ())
        for a in first:
            for b in second:
                if not unit.fluid and a.amount + b.amount > unit.capacity:
                    ahead.append(a.offset + a.length - b.offset)
                    back.append(b.offset + b.length - a.offset)
    together = problem.roles is not None and usage.role[one] == usage.role[other]
    if together and (usage.blocks(one) or usage.blocks(other)):
        (a0, a1), (b0, b1) = usage.window(one), usage.window(other)
        ahead.append(a1 - b0)
        back.append(b1 - a0)
    return max(ahead, default=None), max(back, default=None)


def _smallest(problem: Problem, arcs: list[_Arc]) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """The smallest II without a positive circuit, and the earliest starts at it; or a conflict.

    The feasible II are an interval: each circuit bounds II from below or from above.
    """
    ii = max([1, *(-(-work // unit.capacity) for unit, work in _fluid(problem))])
    while True:
        start, circuit = _longest_paths([op.name for op in problem.ops], arcs, ii)
        if circuit is None:
            return ii, start, ()
        delay = sum(arc.delay for arc in circuit)
        turns = sum(arc.turns for arc in circuit)
        if turns <= 0:
            return 0, {}, tuple(arc.src for arc in reversed(circuit))
        ii = -(-delay // turns)


def _fluid(problem: Problem) -> Iterator[tuple[Unit, int]]:
    """The units judged by the period, and what is asked of them in one."""
    for unit in problem.units:
        if unit.fluid:
            reserved = [r for op in problem.ops for r in op.reservations.get(unit.name, ())]
            yield unit, sum(r.length * r.amount for r in reserved)


def _longest_paths(
    names: list[str], arcs: list[_Arc], ii: int
) -> tuple[dict[str, int], list[_Arc] | None]:
    """Earliest starts, or a circuit of positive length."""
    start = dict.fromkeys(names, 0)
    came: dict[str, _Arc] = {}
    changed = ""
    for _ in range(len(names) + 1):
        changed = ""
        for arc in arcs:
            at = start[arc.src] + arc.delay - arc.turns * ii
            if at > start[arc.dst]:
                start[arc.dst], came[arc.dst], changed = at, arc, arc.dst
        if not changed:
            return start, None
    for _ in names:
        changed = came[changed].src
    circuit = [came[changed]]
    while circuit[-1].src != changed:
        circuit.append(came[circuit[-1].src])
    return start, circuit
