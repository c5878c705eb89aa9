"""Redundant to REGISTERS: values that no role can hold at one time take turns.

The cumulatives over lives see such pairs late; an order says it at once, and it is the same
order of slots that units and instruction streams use.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from twill.problem import Op, Problem
from twill.solver.cpsat.registers import Held, shortest_life, size_of
from twill.solver.cpsat.variables import Space
from twill.storage import takes_over


def add_conflicts(space: Space, held: list[Held]) -> None:
    """Lives of two values that are too big for one role do not overlap on it, modulo II."""
    limits = space.problem.roles
    if limits is None:
        return
    held = [value for value in held if shortest_life(space, value.op) > 0]
    room = limits.registers.max - limits.registers.overhead
    always = _always(space)
    for value in held:
        if 2 * size_of(value.op) + _besides(space, always, value.op) > room:
            space.cp.add(value.length <= space.ii)
    for one, two in combinations(held, 2):
        besides = _besides(space, always, one.op, two.op)
        if size_of(one.op) + size_of(two.op) + besides > room:
            _take_turns(space, one, two)


def _take_turns(space: Space, one: Held, two: Held) -> None:
    same = space.same(one.op.name, two.op.name)
    if space.is_false(same):
        return
    for a, b in ((one, two), (two, one)):
        here, there = space.slot[a.op.name], space.slot[b.op.name]
        when = [same, space.before(a.op.name, b.op.name)]
        space.cp.add(here + a.length <= there).only_enforce_if(when)
        space.cp.add(there + b.length <= here + space.ii).only_enforce_if(when)


def _always(space: Space) -> dict[tuple[str, ...], int]:
    """Registers that are alive at every phase, by the operations that hold them in turn."""
    problem = space.problem
    found: dict[tuple[str, ...], int] = {}
    for names in register_cycles(problem):
        if all(space.is_true(space.same(names[0], other)) for other in names[1:]):
            found[names] = min(size_of(problem.op[name]) for name in names)
    inside = {name for names in found for name in names}
    for op in problem.ops:
        if op.in_registers and op.name not in inside:
            rounds = shortest_life(space, op) // space.ii
            if rounds:
                found[op.name,] = rounds * size_of(op)
    return found


def register_cycles(problem: Problem) -> list[tuple[str, ...]]:
    """Operations that take over each other's registers in a circle: one is always alive."""
    source = {d.dst: d.src for d in problem.dependences if takes_over(problem, d)}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for name in source:
        trail = [name]
        while (before := source.get(trail[-1])) is not None and before not in trail:
            trail.append(before)
        if before == name:
            found.setdefault(frozenset(trail), tuple(trail))
    return list(found.values())


def _besides(space: Space, always: Mapping[tuple[str, ...], int], *ops: Op) -> int:
    """What is always alive on the role of an operation, others than the operations given."""
    names = {op.name for op in ops}
    return sum(
        registers
        for holders, registers in always.items()
        if names.isdisjoint(holders) and space.is_true(space.same(holders[0], ops[0].name))
    )
