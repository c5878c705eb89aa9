"""Is this a schedule of this problem? Independent of every solver.

One function per constraint of ``docs/problem.md``; each yields what is violated with the
numbers of both sides. A schedule is a solution iff ``verify`` returns nothing.
"""

from __future__ import annotations

from twill.accounting import Usage
from twill.problem import Problem
from twill.schedule import Schedule
from twill.verify.capacity import check_capacity
from twill.verify.case import Case, Check, Violation
from twill.verify.concurrency import check_concurrency, execution
from twill.verify.form import malformed
from twill.verify.objective import objective_values
from twill.verify.requirements import check_requirement
from twill.verify.roles import check_roles, check_variable_latency
from twill.verify.statement import check_statement
from twill.verify.storage import check_barriers, check_memory, check_registers
from twill.verify.timing import check_dependence, check_stages

CHECKS: tuple[Check, ...] = (
    check_dependence,
    check_stages,
    check_capacity,
    check_roles,
    check_variable_latency,
    check_concurrency,
    check_registers,
    check_memory,
    check_barriers,
    check_requirement,
    check_statement,
)


def verify(problem: Problem, schedule: Schedule) -> tuple[Violation, ...]:
    """Every violation of every constraint; empty iff ``schedule`` is one of ``problem``.

    The problem's digest is not compared here: a schedule is judged by its numbers.
    """
    wrong = tuple(malformed(problem, schedule))
    if wrong:
        return wrong
    start = {name: placed.start for name, placed in schedule.ops.items()}
    role = {name: placed.role for name, placed in schedule.ops.items() if placed.role is not None}
    case = Case(problem, schedule, Usage(problem, schedule.ii, start, role))
    return tuple(violation for check in CHECKS for violation in check(case))


__all__ = [
    "CHECKS",
    "Case",
    "Check",
    "Violation",
    "execution",
    "objective_values",
    "verify",
]
