"""Random problems of growing size, with room that grows as they do."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.random_problems import random_problem
from twill.problem import Problem
from twill.solver.bounds import bounds


def larger_problem(seed: int, ops: int) -> Problem:
    """A problem of ``ops`` operations like the small ones, each reading few of the others."""
    small = random_problem(seed, ops)
    rng = random.Random(seed * 1000 + ops)  # noqa: S311  # not for cryptography
    kept = tuple(d for d in small.dependences if rng.random() < 3 / ops)
    room = max(1, ops // 3)
    memories = tuple(replace(m, capacity=m.capacity * room) for m in small.memories)
    roles = small.roles
    if roles is not None:
        file = roles.register_file and roles.register_file * room
        most = min(ops, roles.max_roles * room)
        roles = replace(
            roles,
            max_roles=most,
            max_warps=roles.max_warps * room,
            register_file=file,
            registers=replace(roles.registers, max=roles.registers.max + 4 * rng.randrange(room)),
        )
    limits = replace(small.limits, max_stages=rng.choice([1, 2, 2, 3]))
    return replace(small, dependences=kept, memories=memories, roles=roles, limits=limits)


def telling(problem: Problem) -> list[int]:
    """IIs at which a problem may turn from infeasible to feasible: from just below its bound."""
    least = bounds(problem).ii or 1
    return sorted({max(1, least - 1), least, least + 1, least + 2, least + 4, 2 * least})
