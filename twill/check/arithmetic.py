"""Bounds on the II by arithmetic: every term is computed again from the problem, then the sum.

Why each of them is a bound is said in ``docs/problem.md``, "Bounds by arithmetic".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

from twill.accounting import ceil_div
from twill.check.circuits import circuit, endless, expect, memory_lines, must_cross
from twill.check.period import Invalid
from twill.problem import Op, Problem
from twill.storage import constraint_dependences

Step = Mapping[str, Any]


def check_bound(problem: Problem, step: Step) -> None:
    """Check one step of arithmetic. Raises Invalid, also where names or numbers do not exist."""
    try:
        _KINDS[step["kind"]](problem, step)
    except (KeyError, IndexError) as missing:
        raise Invalid(f"it names what the problem does not have: {missing}") from None


def _terms(stated: Mapping[str, int], actual: Callable[[str], int]) -> None:
    for name, value in stated.items():
        expect(f"the term of {name}", value, actual(name))


def _sums(step: Step, ii: int) -> None:
    expect("the sum", step["sum"], sum(step["ops"].values()) + step.get("other", 0))
    expect("the bound", step["ii"], ii)


def _resource(problem: Problem, step: Step) -> None:
    """RESOURCE: what operations ask of a unit in one period, over what it serves in a cycle."""
    unit = problem.unit[step["unit"]]
    _terms(
        step["ops"],
        lambda name: sum(
            r.length * r.amount for r in problem.op[name].reservations.get(unit.name, ())
        ),
    )
    expect("the capacity", step["capacity"], unit.capacity)
    _sums(step, ceil_div(step["sum"], unit.capacity))


def _exclusion(problem: Problem, step: Step) -> None:
    """EXCLUSION: no two of these can run at once, so their times add up."""
    if len(step["ops"]) < 2 or not all(step["ops"].values()):
        raise Invalid("it takes two operations to exclude each other")
    for (u, cycles), (v, others) in combinations(step["ops"].items(), 2):
        if not _exclude(problem, problem.op[u], cycles, problem.op[v], others):
            raise Invalid(f"{u} for {cycles} cycles and {v} for {others} may run at once")
    _sums(step, step["sum"])


def _exclude(problem: Problem, u: Op, cycles: int, v: Op, others: int) -> bool:
    """Whether some unit, held for so long from their starts on, cannot serve both."""
    return any(
        (a.offset, b.offset) == (0, 0)
        and a.length >= cycles
        and b.length >= others
        and a.amount + b.amount > problem.unit[unit].capacity
        for unit in u.reservations.keys() & v.reservations.keys()
        if not problem.unit[unit].fluid
        for a in u.reservations[unit]
        for b in v.reservations[unit]
    )


def _role(problem: Problem, step: Step) -> None:
    """ROLE: the windows of one role do not overlap where one of each two blocks."""
    if problem.roles is None:
        raise Invalid("the problem has no roles")
    _terms(step["ops"], lambda name: _stay(problem, name))
    if step["name"] == "longest issue":
        expect("the number of operations", len(step["ops"]), 1)
        expect("the other one", step["other"], 0)
    else:
        _only_role(problem, step)
    _sums(step, step["sum"])


def _only_role(problem: Problem, step: Step) -> None:
    if not _one_role(problem) or problem.limits.concurrency != "issue":
        raise Invalid("there may be several roles, or they may be in the midst of something")
    names = [op.name for op in problem.ops if not op.variable_latency]
    for name in step["ops"]:
        blocks = any(
            d.blocking or must_cross(problem, d)
            for d in constraint_dependences(problem)
            if d.dst == name
        )
        if name not in names or not blocks:
            raise Invalid(f"{name} need not block the only role")
    others = [_stay(problem, name) for name in names if name not in step["ops"]]
    expect("the longest other window", step["other"], max(others, default=0))


def _one_role(problem: Problem) -> bool:
    """Whether all operations but the loads are on one role."""
    return problem.roles is not None and problem.roles.max_roles - problem.has_load_role == 1


def _stay(problem: Problem, name: str) -> int:
    """The least that an operation keeps the stream of its role: its waits and its issue."""
    waits: dict[str, int] = {}
    for d in problem.dependences:
        if d.kind != "flow" or d.dst != name:
            continue
        costs = problem.op[d.src].handoff
        here = costs.issue_wait if d.blocking else 0
        least = min(here, costs.issue_receive)
        if must_cross(problem, d):
            least = costs.issue_receive
        elif d.src == name or _one_role(problem):
            least = here
        waits[d.src] = max(least, waits.get(d.src, 0))
    return problem.op[name].issue + sum(waits.values())


def _memory(problem: Problem, step: Step) -> None:
    """MEMORY: one slot of every ring, and what is invariant, exceed a memory."""
    expect("the capacity", step["capacity"], problem.memory[step["memory"]].capacity)
    lines = memory_lines(problem, step["memory"])
    _terms(step["lines"], lambda name: lines[name])
    expect("the sum", step["sum"], sum(step["lines"].values()))
    if step["sum"] <= step["capacity"]:
        raise Invalid(f"{step['memory']} has room for {step['sum']}")


_KINDS: Mapping[str, Callable[[Problem, Step], None]] = {
    "resource": _resource,
    "exclusion": _exclusion,
    "recurrence": circuit,
    "buffer": circuit,
    "role": _role,
    "memory": _memory,
    "endless circuit": endless,
}
