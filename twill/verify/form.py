"""FORM: the shape that a schedule must have before the other constraints can be asked."""

from __future__ import annotations

from collections.abc import Iterator

from twill.problem import Problem
from twill.schedule import Schedule
from twill.verify.case import Violation


def malformed(problem: Problem, schedule: Schedule) -> Iterator[Violation]:
    """FORM: every operation placed once, on a role that exists, at start = stage * II + slot."""
    ii = schedule.ii
    if ii < 1:
        yield Violation("FORM", f"the II is {ii}, it must be at least 1")
        return
    for name in sorted(problem.op.keys() ^ schedule.ops.keys()):
        what = "is not placed" if name in problem.op else "is placed but not in the problem"
        yield Violation("FORM", f"operation {name} {what}", (name,))
    yield from _form_of_roles(problem, schedule)
    names = {role.name for role in schedule.roles}
    expected = names if problem.roles is not None else {None}
    for name, placed in schedule.ops.items():
        if placed.start < 0 or placed.start != placed.stage * ii + placed.slot:
            yield Violation(
                "FORM",
                f"{name} starts at {placed.start}, not at stage {placed.stage} x II {ii}"
                f" + slot {placed.slot}",
                (name,),
            )
        if not 0 <= placed.slot < ii:
            yield Violation("FORM", f"{name} has slot {placed.slot} outside 0..{ii - 1}", (name,))
        if placed.role not in expected:
            yield Violation("FORM", f"{name} is on role {placed.role!r}, which is none", (name,))


def _form_of_roles(problem: Problem, schedule: Schedule) -> Iterator[Violation]:
    """FORM: roles and budgets are stated where the problem has them, each role once."""
    names = [role.name for role in schedule.roles]
    if len(set(names)) != len(names):
        yield Violation("FORM", f"role names repeat: {', '.join(names)}")
    if problem.roles is None and names:
        yield Violation("FORM", "the problem has no roles, the schedule has")
    if problem.roles is not None and problem.roles.register_file is None:
        for role in schedule.roles:
            if role.registers is not None:
                what = f"role {role.name} has a budget, the problem has no register file"
                yield Violation("FORM", what)
