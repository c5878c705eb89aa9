"""ROLES, VARIABLE-LATENCY: who runs where, how wide the roles are."""

from __future__ import annotations

from collections.abc import Iterator

from twill.accounting import charged_warps
from twill.verify.case import Case, Violation


def check_roles(case: Case) -> Iterator[Violation]:
    """ROLES: each role wide enough for its operations; roles and warps within the limits."""
    limits = case.problem.roles
    if limits is None:
        return
    used = {placed.role for placed in case.schedule.ops.values()}
    for role in case.schedule.roles:
        if role.name not in used:
            yield Violation("ROLES", f"role {role.name} has no operation")
        elif role.warps != case.usage.width(role.name):
            need = case.usage.width(role.name)
            yield Violation("ROLES", f"role {role.name} has {role.warps} warps, it needs {need}")
    if len(case.schedule.roles) > limits.max_roles:
        count = len(case.schedule.roles)
        yield Violation("ROLES", f"{count} roles, the machine allows {limits.max_roles}")
    warps = sum(charged_warps(case.problem, role.warps) for role in case.schedule.roles)
    if warps > limits.max_warps:
        yield Violation("ROLES", f"{warps} warps, the machine allows {limits.max_warps}")


def check_variable_latency(case: Case) -> Iterator[Violation]:
    """VARIABLE-LATENCY: variable-latency operations, and only they, on the load role."""
    if not case.problem.has_load_role:
        return
    loads = {op.name for op in case.problem.ops if op.variable_latency}
    homes = {case.usage.role[name] for name in loads}
    if len(homes) > 1:
        where = ", ".join(sorted(homes))
        yield Violation("VARIABLE-LATENCY", f"loads are on several roles: {where}", tuple(loads))
    for name, role in case.usage.role.items():
        if name not in loads and role in homes:
            yield Violation("VARIABLE-LATENCY", f"{name} is on the load role {role}", (name,))
