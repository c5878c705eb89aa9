"""STATEMENT: what a schedule says about itself is what follows from it."""

from __future__ import annotations

from collections.abc import Iterator

from twill.schedule import Schedule
from twill.verify.case import Case, Violation
from twill.verify.objective import objective_values


def check_statement(case: Case) -> Iterator[Violation]:
    """STATEMENT: what the schedule says about itself is what follows from it."""
    schedule, usage = case.schedule, case.usage
    said = {level.name: level.value for level in schedule.objective}
    facts = {"stages": usage.stages, "length": usage.length}
    for name, fact in facts.items():
        if getattr(schedule, name) != fact:
            told = getattr(schedule, name)
            yield Violation("STATEMENT", f"{name} is stated as {told}, it is {fact}")
    values = objective_values(case.problem, schedule)
    for name in values.keys() & said.keys():
        if said[name] != values[name]:
            text = f"level {name} is stated as {said[name]}, it is {values[name]}"
            yield Violation("STATEMENT", text)
    for name in said.keys() - values.keys():
        yield Violation("STATEMENT", f"the problem has no level {name}")
    yield from _check_bounds(schedule)
    yield from _check_listed(case)


def _check_bounds(schedule: Schedule) -> Iterator[Violation]:
    """No bound is above its value, and what is called optimal or proved meets its bound."""
    if schedule.ii_lower_bound > schedule.ii:
        yield Violation(
            "STATEMENT", f"the bound {schedule.ii_lower_bound} is above the II {schedule.ii}"
        )
    elif schedule.status == "optimal" and schedule.ii_lower_bound < schedule.ii:
        text = f"II {schedule.ii} is called optimal, its bound is {schedule.ii_lower_bound}"
        yield Violation("STATEMENT", text)
    for level in schedule.objective:
        least = level.lower_bound
        told = f"level {level.name}: bound {least}, value {level.value}"
        if least is not None and least > level.value:
            yield Violation("STATEMENT", f"{told}: a bound may not be above the value")
        if level.proved and (least is None or level.value > least * (1 + level.tolerance)):
            yield Violation("STATEMENT", f"{told}: not proved by that")


def _check_listed(case: Case) -> Iterator[Violation]:
    """The rings, hand-offs and levels that a schedule lists are those that it has, once each."""
    usage, schedule = case.usage, case.schedule
    lists = {
        "ring": [ring.name for ring in schedule.buffers],
        "hand-off of": [handoff.value for handoff in schedule.handoffs],
        "level": [level.name for level in schedule.objective],
    }
    for what, names in lists.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Violation("STATEMENT", f"{what} {name} is stated more than once")
    for ring in case.schedule.buffers:
        fact = next((b for b in usage.buffers if b.name == ring.name), None)
        if fact is None or (fact.memory, fact.size, tuple(fact.members), fact.accumulator) != (
            ring.memory,
            ring.size,
            ring.values,
            ring.accumulator,
        ):
            yield Violation("STATEMENT", f"ring {ring.name} is not as the problem has it")
    facts = {
        name: (
            usage.role[name],
            tuple(sorted({usage.role[d.dst] for d in found})),
            case.problem.op[name].handoff.latency,
            case.problem.op[name].handoff.bytes,
            usage.channels.get(name, 1),
        )
        for name, found in usage.handed_off.items()
    }
    told = {
        h.value: (h.src, tuple(sorted(h.dst)), h.latency, h.bytes, h.depth)
        for h in case.schedule.handoffs
    }
    for name in sorted(facts.keys() | told.keys()):
        if facts.get(name) != told.get(name):
            yield Violation(
                "STATEMENT",
                f"hand-off of {name} is stated as {told.get(name)}, it is {facts.get(name)}",
            )
