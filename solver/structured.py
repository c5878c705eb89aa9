"""A structure as constraints: the schedules that have its roles, its offsets, its orders.

Offsets and orders are dependences of kind ``order``, so every engine, the verifier and the
accounting know them already. That u@ku stands before v@kv in a body means that v of iteration
i + kv - ku starts after u of iteration i. The distance kv - ku may be negative, which a
``problem.json`` does not allow: such a problem is only solved (docs/comparing.md says why the
search may still use its lemmas).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, permutations, product
from typing import Literal

from twill.accounting import constraint_dependences
from twill.events.graph import positive_circuit
from twill.problem import Dependence, Problem, Requirements
from twill.structure.model import Body, Instruction, Structure

Part = Literal["roles", "offsets", "orders"]

AFTER = 1
"""Cycles by which one start comes after another: CONCURRENCY demands the rest."""


def fixed(
    problem: Problem, structure: Structure, parts: Sequence[Part], free: Collection[str] = ()
) -> Problem:
    """The problem of schedules with these parts of a structure; offsets and orders with roles.

    Loads of variable latency are left alone: their role is given, and they run ahead as far as
    their rings let them. Nor do ``free`` operations have a place in the order. Roles that the
    problem requires already give way.
    """
    if not parts:
        return problem
    loads = {op.name for op in problem.ops if op.variable_latency}
    if problem.roles is not None:
        labels = {op: role for op, role in structure.role.items() if op not in loads}
        wanted = problem.requirements
        problem = replace(problem, requirements=replace(wanted, roles=labels))
    added: list[Dependence] = []
    for body in structure.bodies:
        if "orders" in parts:
            added += _orders(_without(body, {*loads, *free}))
        elif "offsets" in parts:
            added += _offsets(_without(body, {*loads, *free}))
    return replace(problem, dependences=(*problem.dependences, *dict.fromkeys(added)))


def contradicting(problem: Problem, structure: Structure) -> dict[str, tuple[str, ...]]:
    """Operations that cannot stand where the structure has them, whatever the II.

    Each with the circuit of dependences and orders that nothing makes room for. They are left
    out group by group, of the groups on a circuit the one that leaves the shortest other one
    and is the smallest.
    """
    found: dict[str, tuple[str, ...]] = {}
    while circuit := _endless(fixed(problem, structure, ("orders",), found)):
        on_it = {name for d in circuit if d.kind == "order" for name in (d.src, d.dst)}
        groups = [(body, g) for body, g in _groups(structure, found) if on_it & set(g)]
        if not groups:
            break
        costs = [(_remaining(problem, body, g, found), len(g), g) for body, g in groups]
        best = min(costs)[2]
        found |= dict.fromkeys(best, tuple(map(_arrow, circuit)))
    return found


def _groups(structure: Structure, free: Collection[str]) -> list[tuple[Body, tuple[str, ...]]]:
    """The groups of all bodies, without the operations that have no place any more."""
    return [
        (body, tuple(each.op for each in group if each.op not in free))
        for body in structure.bodies
        for group in body.groups
    ]


def _remaining(problem: Problem, body: Body, group: tuple[str, ...], free: Collection[str]) -> int:
    """How long a further circuit through the order of a body is without a group: none is best."""
    alone = fixed(problem, Structure((body,)), ("orders",), {*free, *group})
    return len(_endless(alone) or ())


def _endless(problem: Problem) -> list[Dependence] | None:
    """A circuit of dependences that no II satisfies; order in a circuit is that of walking it."""
    arcs = constraint_dependences(problem)
    index = {op.name: number for number, op in enumerate(problem.ops)}
    ii = 1 + sum(abs(d.delay) for d in arcs)
    edges = [(index[d.src], index[d.dst], d.delay - ii * d.distance) for d in arcs]
    circuit = positive_circuit(len(index), edges)
    return None if circuit is None else [arcs[number] for number in circuit]


def _arrow(d: Dependence) -> str:
    later = f"@{d.distance:+d}" if d.distance else ""
    return f"{d.src} before {d.dst}{later} ({'their order' if d.kind == 'order' else d.kind})"


def other_roles(problem: Problem, images: Sequence[Structure]) -> Problem:
    """The problem of schedules with other roles than these structures."""
    loads = {op.name for op in problem.ops if op.variable_latency}
    unwanted = tuple(
        {op: role for op, role in each.role.items() if op not in loads} for each in images
    )
    seen: dict[frozenset[frozenset[str]], dict[str, str]] = {}
    for labels in unwanted:
        seen.setdefault(_partition(labels), labels)
    return replace(problem, requirements=Requirements(other_than=tuple(seen.values())))


def _partition(labels: dict[str, str]) -> frozenset[frozenset[str]]:
    return frozenset(
        frozenset(op for op, other in labels.items() if other == role)
        for role in set(labels.values())
    )


def _without(body: Body, loads: set[str]) -> Body:
    groups = (tuple(each for each in group if each.op not in loads) for group in body.groups)
    return replace(body, groups=tuple(group for group in groups if group))


def _orders(body: Body) -> Iterator[Dependence]:
    """All of a group before all of the next, the last group before the next body's first."""
    for one, two in pairwise(body.groups):
        yield from (_after(u, v, 0) for u, v in product(one, two))
    if body.groups:
        for u, v in product(body.groups[-1], body.groups[0]):
            if u.op != v.op:
                yield _after(u, v, 1)


def _offsets(body: Body) -> Iterator[Dependence]:
    """Everything in a body before everything in the next."""
    for u, v in permutations(body.instructions, 2):
        yield _after(u, v, 1)


def _after(u: Instruction, v: Instruction, bodies: int) -> Dependence:
    return Dependence(u.op, v.op, AFTER, v.offset - u.offset + bodies, "order")
