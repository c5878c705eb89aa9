"""ROLES and VARIABLE-LATENCY, with roles as classes of operations that are on the same one.

A class is spoken for by its first operation. Nothing numbers the roles, so there is no
symmetry between them to break.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from twill.problem import RoleLimits
from twill.solver.smt.space import Literal, Space


@dataclass
class Roles:
    """Per operation: whether it speaks for its role, and the role's widths as (warps, literal).

    The warps of all widths whose literals hold sum to what the role is charged.
    """

    speaks: dict[str, Literal] = field(default_factory=dict)
    widths: dict[str, list[tuple[int, Literal]]] = field(default_factory=dict)


def add_variable_latency(space: Space) -> None:
    """VARIABLE-LATENCY: loads are on one role, nothing else is on it."""
    if space.problem.roles is None:
        return
    for u, v in combinations(space.problem.ops, 2):
        if u.variable_latency or v.variable_latency:
            space.decide_pair(u.name, v.name, u.variable_latency and v.variable_latency)


def add_roles(space: Space) -> Roles:
    """ROLES: being on one role is transitive; roles and warps are within the limits."""
    roles = Roles()
    limits = space.problem.roles
    if limits is None:
        return roles
    names = [op.name for op in space.problem.ops]
    for some in combinations(names, 3):
        for a, b, c in (some, (some[1], some[2], some[0]), (some[2], some[0], some[1])):
            space.claim(space.apart(a, b), space.apart(b, c), space.same(a, c))
    for i, name in enumerate(names):
        apart = [space.apart(other, name) for other in names[:i]]
        roles.speaks[name] = space.forced(f"{name} speaks", *apart)
        roles.widths[name] = _widths(space, limits, name)
    space.at_most([(1, speaks) for speaks in roles.speaks.values()], limits.max_roles)
    space.at_most(
        [
            (warps, space.forced("charged", roles.speaks[name], wide))
            for name in names
            for warps, wide in roles.widths[name]
        ],
        limits.max_warps,
    )
    return roles


def _widths(space: Space, limits: RoleLimits, name: str) -> list[tuple[int, Literal]]:
    """Whole warp groups of the widest operation, as steps from each width to the next."""
    found: list[tuple[int, Literal]] = []
    charged = 0
    for width in sorted({op.warps for op in space.problem.ops}):
        whole = -(-width // limits.warp_group) * limits.warp_group
        wide = [space.same(name, op.name) for op in space.problem.ops if op.warps >= width]
        found.append((whole - charged, space.forced_by_any(f"{name} has {width}", wide)))
        charged = whole
    return found


def handed(space: Space) -> dict[str, Literal]:
    """Per operation: whether its value is read on another role."""
    found: dict[str, list[Literal]] = {op.name: [] for op in space.problem.ops}
    for d in space.flows:
        found[d.src].append(space.apart(d.src, d.dst))
    return {name: space.forced_by_any(f"{name} handed", apart) for name, apart in found.items()}
