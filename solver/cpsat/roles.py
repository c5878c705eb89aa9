"""ROLES and VARIABLE-LATENCY: who runs where, how wide a role is, what it takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from twill.accounting import charged_warps
from twill.problem import RoleLimits
from twill.solver.cpsat.variables import Expr, Literal, Space, negated


@dataclass
class Roles:
    """Per role: used or not, its width in warps, its registers per thread and in the file."""

    used: dict[int, Literal] = field(default_factory=dict)
    warps: dict[int, Expr] = field(default_factory=dict)
    charged: dict[int, cp_model.IntVar] = field(default_factory=dict)
    registers: dict[int, cp_model.IntVar] = field(default_factory=dict)
    file: dict[int, cp_model.IntVar] = field(default_factory=dict)


def add_roles(space: Space) -> Roles:
    """ROLES and VARIABLE-LATENCY (whose choice of role is fixed in the variables)."""
    roles = Roles()
    limits = space.problem.roles
    if limits is None:
        return roles
    for on in space.on.values():
        if len(on) > 1:
            space.cp.add_exactly_one(on.values())
        elif not on:
            space.cp.add_bool_or([])
    for r in space.role_numbers:
        members = [on[r] for on in space.on.values() if r in on]
        roles.used[r] = space.any_of(members, f"role {r} used")
        _add_width(space, roles, limits, r)
    space.cp.add(sum(roles.charged.values()) <= limits.max_warps)
    if limits.register_file is not None:
        space.cp.add(sum(roles.file.values()) <= limits.register_file)
    if len(roles.used) > limits.max_roles:
        space.cp.add(sum(roles.used.values()) <= limits.max_roles)
    _break_symmetry(space)
    return roles


def _add_width(space: Space, roles: Roles, limits: RoleLimits, r: int) -> None:
    """A role is as wide as its widest operation; whole warp groups count."""
    on = {name: on[r] for name, on in space.on.items() if r in on}
    widths = sorted({space.problem.op[name].warps for name in on})
    at_least: dict[int, Literal] = {}
    for width in widths:
        members = [x for name, x in on.items() if space.problem.op[name].warps >= width]
        at_least[width] = space.any_of(members, f"role {r} has {width} warps")
    steps = [b - a for a, b in zip([0, *widths], widths, strict=False)]
    roles.warps[r] = sum(
        step * space.value(at_least[w]) for step, w in zip(steps, widths, strict=True)
    )
    roles.charged[r] = space.cp.new_int_var(0, limits.max_warps, f"warps of role {r}")
    for width in widths:
        groups = charged_warps(space.problem, width)
        if groups > limits.max_warps:
            space.cp.add(at_least[width] == 0)
            continue
        space.cp.add(roles.charged[r] >= groups).only_enforce_if(at_least[width])
    if limits.register_file is not None:
        _add_budget(space, roles, limits, r, at_least)


def _add_budget(
    space: Space, roles: Roles, limits: RoleLimits, r: int, at_least: dict[int, Literal]
) -> None:
    """The registers per thread of a role, in the machine's steps, and what the file gives."""
    allowed = limits.registers
    steps = space.cp.new_int_var(0, (allowed.max - allowed.min) // allowed.step, f"budget {r}")
    budget = space.cp.new_int_var(allowed.min, allowed.max, f"registers of role {r}")
    space.cp.add(budget == allowed.min + allowed.step * steps)
    roles.registers[r] = budget
    assert limits.register_file is not None
    roles.file[r] = space.cp.new_int_var(0, limits.register_file, f"file of role {r}")
    for width, literal in at_least.items():
        threads = 32 * charged_warps(space.problem, width)
        space.cp.add(roles.file[r] >= threads * budget).only_enforce_if(literal)


def _break_symmetry(space: Space) -> None:
    """Roles other than the load role are interchangeable: number them by first operation."""
    free = [name for name, on in space.on.items() if len(on) > 1]
    for r in list(space.free_roles)[1:]:
        earlier: list[Literal] = []
        for name in free:
            space.cp.add_bool_or([negated(space.on[name][r]), *earlier])
            earlier.append(space.on[name][r - 1])
