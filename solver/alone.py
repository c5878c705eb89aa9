"""One of equal sub-tiles alone: a smaller problem, whose IIs are bounds of the whole one's.

A schedule of the whole problem, restricted to the operations that are left, is one of the part
(lemma 10 in ``docs/problem.md``). So what the part refutes, the whole does; what the part finds
says nothing.
"""

from __future__ import annotations

from dataclasses import replace

from twill.problem import Problem
from twill.solver.fold import sub_tiles
from twill.storage import buffers


def alone(problem: Problem) -> Problem | None:
    """The first of equal sub-tiles with what all share; None where nothing can be left out."""
    free = replace(problem, requirements=replace(problem.requirements, other_than=()))
    others = {other for image in sub_tiles(free)[1:] for other in image.values()}
    return without(free, others) if others else None


def without(problem: Problem, names: set[str]) -> Problem | None:
    """The problem without these operations; None where they share storage with what is left.

    Of each ring that they leave, one slot stays taken.
    """
    if any(
        op.in_place is not None and (op.name in names) != (op.in_place.op in names)
        for op in problem.ops
    ):
        return None
    labels = {name: role for name, role in problem.requirements.roles.items() if name not in names}
    return replace(
        problem,
        ops=tuple(op for op in problem.ops if op.name not in names),
        dependences=tuple(d for d in problem.dependences if not {d.src, d.dst} & names),
        memories=tuple(
            replace(memory, capacity=memory.capacity - _left(problem, memory.name, names))
            for memory in problem.memories
        ),
        requirements=replace(problem.requirements, roles=labels, other_than=()),
    )


def _left(problem: Problem, memory: str, names: set[str]) -> int:
    """What the rings of these operations take at least."""
    rings = (ring for ring in buffers(problem) if ring.memory == memory)
    return sum(ring.size for ring in rings if names.issuperset(ring.members))
