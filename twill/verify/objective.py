"""The value of every level of the objective, recomputed from a schedule."""

from __future__ import annotations

from twill.accounting import Usage, register_total
from twill.events.robust import robust_ii
from twill.problem import Problem
from twill.schedule import Schedule


def objective_values(problem: Problem, schedule: Schedule) -> dict[str, int]:
    """The value of every level of the objective, by name, from starts, roles and budgets."""
    start = {name: placed.start for name, placed in schedule.ops.items()}
    role = {name: placed.role for name, placed in schedule.ops.items() if placed.role is not None}
    usage = Usage(problem, schedule.ii, start, role)
    values = {"ii": schedule.ii, "time": usage.time, "length": usage.length}
    values["buffer_bytes"] = usage.buffer_bytes
    if problem.roles is not None:
        roles = [(r.warps, r.registers or 0) for r in schedule.roles]
        values["robustness"] = robust_ii(usage)
        values["handoff_cost"] = usage.handoff_cost
        values["roles"] = len(roles)
        values["warps"] = sum(warps for warps, _ in roles)
        if problem.roles.register_file is not None:
            values["registers"] = register_total(problem, roles)
    return values
