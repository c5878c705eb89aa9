"""No wrong schedule passes: every field of correct schedules is changed, one at a time.

A mutant is judged twice, by ``verify`` and by ``tests/reference.py`` together with what the
schedule says about itself. The two verdicts must agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attention import attention
from tests.random_problems import random_problem
from tests.reference import Reference
from twill.problem import Problem
from twill.schedule import Infeasible, Level, Optimal, Placement, Role, Schedule
from twill.solver import SolveOptions, solve
from twill.solver.assemble import Claim, assemble
from twill.verify import objective_values, verify

T = TypeVar("T", Schedule, Placement, Any)
Mutant = tuple[str, Schedule]
SEEDS = range(60)


@cache
def solved(seed: int | None) -> tuple[Problem, Schedule | None]:
    """A problem and its optimal schedule: the attention-like one, or a random one."""
    problem = attention() if seed is None else random_problem(seed)
    outcome = solve(problem, SolveOptions(60, 0, 1))
    return problem, outcome.schedule if isinstance(outcome, Optimal) else None


def mutants(schedule: Schedule) -> Iterator[Mutant]:
    """The schedule with one field changed."""
    for name in ("ii", "ii_lower_bound", "stages", "length"):
        for other in _near(getattr(schedule, name)):
            yield name, _with(schedule, name, other)
    for name in schedule.ops:
        yield from _placements(schedule, name)
    lists: dict[str, tuple[str, ...]] = {
        "roles": ("name", "warps", "registers"),
        "buffers": ("name", "memory", "size", "depth", "values", "accumulator"),
        "handoffs": ("value", "src", "dst", "latency", "bytes", "depth"),
        "objective": ("name", "value", "lower_bound", "proved"),
    }
    for field, parts in lists.items():
        yield from _entries(schedule, field, parts)


def _placements(schedule: Schedule, name: str) -> Iterator[Mutant]:
    placed, ii = schedule.ops[name], schedule.ii
    changed = [
        (part, _with(placed, part, other))
        for part in ("start", "stage", "slot")
        for other in _near(getattr(placed, part))
    ]
    for start in (*_near(placed.start), placed.start + ii, placed.start - ii):
        moved = replace(placed, start=start, stage=start // ii, slot=start % ii)
        changed.append(("moved", moved))
    homes = {role.name for role in schedule.roles} | {"elsewhere", None}
    changed += [("role", replace(placed, role=home)) for home in homes - {placed.role}]
    for what, mutated in changed:
        yield f"{name} {what}", replace(schedule, ops={**schedule.ops, name: mutated})
    rest = {other: at for other, at in schedule.ops.items() if other != name}
    yield f"{name} dropped", replace(schedule, ops=rest)
    yield f"{name} doubled", replace(schedule, ops={**schedule.ops, f"{name}'": placed})


def _entries(schedule: Schedule, field: str, parts: tuple[str, ...]) -> Iterator[Mutant]:
    """One entry of a list with one part changed, dropped or repeated."""
    entries: tuple[Any, ...] = getattr(schedule, field)
    for i, entry in enumerate(entries):
        before, after = entries[:i], entries[i + 1 :]
        for part in parts:
            for other in _others(getattr(entry, part)):
                mutated = _with(entry, part, other)
                what = f"{field}[{i}].{part} = {other}"
                yield what, _with(schedule, field, (*before, mutated, *after))
        yield f"{field}[{i}] dropped", _with(schedule, field, (*before, *after))
        yield f"{field}[{i}] twice", _with(schedule, field, (*entries, entry))


def _with(item: T, field: str, value: object) -> T:
    """The item with one field changed."""
    changes: dict[str, Any] = {field: value}
    return replace(item, **changes)


def _near(value: int) -> tuple[int, ...]:
    return value - 1, value + 1


def _others(value: object) -> tuple[object, ...]:
    """Other values of the same type."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return value - 1, value + 1, value - 4, value + 4
    if isinstance(value, str):
        return (f"{value}'",)
    if isinstance(value, tuple):
        return value[1:], (*value, "more")
    return (8,)


def sound(problem: Problem, schedule: Schedule) -> bool:
    """Whether a schedule is one of the problem, by other code than the verifier's."""
    if schedule.ii < 1 or not _well_formed(problem, schedule):
        return False
    start = {name: placed.start for name, placed in schedule.ops.items()}
    role = {name: str(p.role) for name, p in schedule.ops.items() if p.role is not None}
    reference: Reference = Reference(problem, schedule.ii, start, role)  # type: ignore[arg-type]
    return (
        reference.holds() and _roles_suffice(reference, schedule) and _says_facts(problem, schedule)
    )


def _well_formed(problem: Problem, schedule: Schedule) -> bool:
    names: list[str | None] = [role.name for role in schedule.roles]
    homes = {placed.role for placed in schedule.ops.values()}
    placed = all(
        at.start >= 0 and divmod(at.start, schedule.ii) == (at.stage, at.slot)
        for at in schedule.ops.values()
    )
    at_home = homes == (set(names) if problem.roles else {None})
    once = len(names) == len(set(names))
    return placed and at_home and once and schedule.ops.keys() == problem.op.keys()


def _roles_suffice(reference: Reference, schedule: Schedule) -> bool:
    """Widths are those of the widest operations; budgets are legal and hold what is alive."""
    limits = reference.problem.roles
    if limits is None:
        return not schedule.roles
    total = 0
    for role in schedule.roles:
        inside = [op for op in reference.problem.ops if schedule.ops[op.name].role == role.name]
        if role.warps != max(op.warps for op in inside):
            return False
        if limits.register_file is None or role.registers is None:
            if limits.register_file is not role.registers:
                return False
            continue
        if not _legal(reference, role):
            return False
        total += 32 * -(-role.warps // limits.warp_group) * limits.warp_group * role.registers
    return limits.register_file is None or total <= limits.register_file


def _legal(reference: Reference, role: Role) -> bool:
    limits = reference.problem.roles
    assert limits is not None
    assert role.registers is not None
    allowed = limits.registers
    held = max(reference._held(role.name, cycle) for cycle in reference.window)  # type: ignore[arg-type]
    steps, rest = divmod(role.registers - allowed.min, allowed.step)
    fits = held + allowed.overhead <= role.registers <= allowed.max
    return fits and steps >= 0 and rest == 0


def _says_facts(problem: Problem, schedule: Schedule) -> bool:
    """Whether what a schedule says about itself is what follows from starts and roles."""
    start = {name: placed.start for name, placed in schedule.ops.items()}
    numbers = {role.name: i for i, role in enumerate(schedule.roles)}
    role = {n: numbers[p.role] for n, p in schedule.ops.items() if p.role is not None}
    claim = Claim("feasible", 1, "not proved")
    fact = assemble(problem, "", schedule.ii, start, role, claim)
    values = objective_values(problem, schedule)
    levels = [level.name for level in schedule.objective]
    return (
        (schedule.stages, schedule.length) == (fact.stages, fact.length)
        and Counter(schedule.buffers) == Counter(fact.buffers)
        and Counter(_carried(schedule)) == Counter(_carried(fact))
        and schedule.ii_lower_bound == schedule.ii
        and len(set(levels)) == len(levels)
        and all(_level_holds(level, values) for level in schedule.objective)
    )


def _carried(schedule: Schedule) -> list[tuple[object, ...]]:
    """The hand-offs without the names of roles, which a schedule may choose."""
    return [
        (h.value, len(h.dst), h.latency, h.bytes, h.depth, h.src == schedule.ops[h.value].role)
        for h in schedule.handoffs
        if h.value in schedule.ops
    ] + [(h,) for h in schedule.handoffs if h.value not in schedule.ops]


def _level_holds(level: Level, values: dict[str, int]) -> bool:
    least = level.lower_bound
    if values.get(level.name) != level.value or (least is not None and least > level.value):
        return False
    return not level.proved or (
        least is not None and level.value <= least + level.tolerance * least
    )


def check_mutants(problem: Problem, schedule: Schedule) -> Counter[bool]:
    """Compare the two verdicts on every mutant; return how many were rejected and accepted."""
    verdicts: Counter[bool] = Counter()
    for what, mutant in mutants(schedule):
        accepted = verify(problem, mutant) == ()
        assert accepted == sound(problem, mutant), (what, verify(problem, mutant))
        verdicts[accepted] += 1
    return verdicts


@pytest.mark.parametrize("seed", SEEDS)
def test_mutants_of_random_schedules_are_judged_right(seed: int) -> None:
    """Verdicts agree on every mutant of the optimal schedule of a random problem."""
    problem, schedule = solved(seed)
    if schedule is None:
        return
    assert sound(problem, schedule)
    verdicts = check_mutants(problem, schedule)
    assert verdicts[False] > 5 * verdicts[True]


def test_mutants_of_an_attention_schedule_are_judged_right() -> None:
    """The same for a loop with loads, hand-offs, an accumulator and every level proved."""
    problem, schedule = solved(None)
    assert schedule is not None
    assert sound(problem, schedule)
    assert check_mutants(problem, schedule)[False] > 150


def test_enough_random_schedules_were_mutated() -> None:
    """More than half of the seeds are feasible and use every kind of list."""
    found = [schedule for seed in SEEDS if (schedule := solved(seed)[1]) is not None]
    assert len(found) > len(SEEDS) / 2
    assert all(any(getattr(s, part) for s in found) for part in ("roles", "buffers", "handoffs"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1000, 10**6), st.integers(1, 5))
def test_what_solve_returns_verifies(seed: int, ops: int) -> None:
    """Random problems of one to five operations: the answer is a verified optimum or a proof."""
    problem = random_problem(seed, ops)
    outcome = solve(problem, SolveOptions(60, 0, 1))
    assert isinstance(outcome, Optimal | Infeasible)
    if isinstance(outcome, Optimal):
        assert verify(problem, outcome.schedule) == ()
