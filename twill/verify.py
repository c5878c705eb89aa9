"""Is this a schedule of this problem? Independent of every solver.

One function per constraint of ``docs/problem.md``; each yields what is violated with the
numbers of both sides. A schedule is a solution iff ``verify`` returns nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

from twill.accounting import (
    Usage,
    charged_warps,
    register_total,
)
from twill.problem import Problem, Unit
from twill.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that a schedule breaks: its name, the numbers, the operations concerned."""

    constraint: str
    message: str
    ops: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.constraint}: {self.message}"


@dataclass(frozen=True)
class Case:
    """A problem, a claimed schedule of it, and what the schedule's starts and roles use."""

    problem: Problem
    schedule: Schedule
    usage: Usage


Check = Callable[[Case], Iterator[Violation]]


def verify(problem: Problem, schedule: Schedule) -> tuple[Violation, ...]:
    """Every violation of every constraint; empty iff ``schedule`` is one of ``problem``.

    The problem's digest is not compared here: a schedule is judged by its numbers.
    """
    malformed = tuple(_form(problem, schedule))
    if malformed:
        return malformed
    start = {name: placed.start for name, placed in schedule.ops.items()}
    role = {name: placed.role for name, placed in schedule.ops.items() if placed.role is not None}
    case = Case(problem, schedule, Usage(problem, schedule.ii, start, role))
    return tuple(violation for check in CHECKS for violation in check(case))


def _form(problem: Problem, schedule: Schedule) -> Iterator[Violation]:
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


def check_dependence(case: Case) -> Iterator[Violation]:
    """DEPENDENCE, HANDOFF: start[v] + distance * II >= start[u] + delay (+ hand-off latency)."""
    usage, ii = case.usage, case.schedule.ii
    for d in usage.dependences:
        have = usage.start[d.dst] + d.distance * ii
        need = usage.start[d.src] + usage.delay(d)
        if have < need:
            name = "DEPENDENCE" if have < usage.start[d.src] + d.delay else "HANDOFF"
            yield Violation(
                name,
                f"{d.dst} at {usage.start[d.dst]} + {d.distance} x {ii} = {have} is before"
                f" {d.src} at {usage.start[d.src]} + {usage.delay(d)} = {need} ({d.kind})",
                (d.src, d.dst),
            )


def check_stages(case: Case) -> Iterator[Violation]:
    """STAGES: all starts of one iteration lie within max_stages * II cycles."""
    limit = case.problem.limits.max_stages
    if case.usage.span >= limit * case.schedule.ii:
        yield Violation(
            "STAGES",
            f"the starts span {case.usage.span} cycles, {limit} stages of {case.schedule.ii}"
            f" allow {limit * case.schedule.ii - 1}",
        )


def check_capacity(case: Case) -> Iterator[Violation]:
    """CAPACITY: at every phase, the amounts reserved of a unit sum to at most its capacity."""
    for unit in case.problem.units:
        if unit.fluid:
            yield from _check_fluid(case, unit)
            continue
        load, phase = _peak_load(case, unit.name)
        if load > unit.capacity:
            users = tuple(op.name for op in case.problem.ops if unit.name in op.reservations)
            yield Violation(
                "CAPACITY",
                f"unit {unit.name} is asked for {load} of {unit.capacity} at phase {phase}",
                users,
            )


def _check_fluid(case: Case, unit: Unit) -> Iterator[Violation]:
    """A fluid unit serves at most its capacity times II in one period."""
    reserved = [r for op in case.problem.ops for r in op.reservations.get(unit.name, ())]
    asked = sum(r.length * r.amount for r in reserved)
    served = unit.capacity * case.schedule.ii
    if asked > served:
        yield Violation(
            "CAPACITY", f"unit {unit.name} is asked for {asked} per period, it serves {served}"
        )


def _peak_load(case: Case, unit: str) -> tuple[int, int]:
    """The highest load of a unit over the phases, by summing the changes around the circle."""
    ii = case.schedule.ii
    change: dict[int, int] = defaultdict(int)
    base = 0
    for op in case.problem.ops:
        for r in op.reservations.get(unit, ()):
            rounds, rest = divmod(r.length, ii)
            base += rounds * r.amount
            begin = (case.usage.start[op.name] + r.offset) % ii
            end = begin + rest
            if rest:
                change[begin] += r.amount
            if end > ii:
                base += r.amount
            if rest and end != ii:
                change[end % ii] -= r.amount
    peak, at, load = base, 0, base
    for phase in sorted(change):
        load += change[phase]
        if load > peak:
            peak, at = load, phase
    return peak, at


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


def check_concurrency(case: Case) -> Iterator[Violation]:
    """CONCURRENCY: no operation is in the middle of its issue when another of its role blocks."""
    if case.problem.roles is None:
        return
    usage, ii = case.usage, case.schedule.ii
    for op in case.problem.ops:
        begin, end = usage.window(op.name)
        if end - begin > ii:
            yield Violation(
                "CONCURRENCY",
                f"{op.name} keeps role {usage.role[op.name]} for {end - begin} cycles,"
                f" the II is {ii}",
                (op.name,),
            )
    if case.problem.limits.concurrency == "paper":
        yield from _concurrency_paper(case)
        return
    for first, second in combinations(problem_names(case), 2):
        if usage.role[first] != usage.role[second]:
            continue
        blocking = usage.blocks(first) or usage.blocks(second)
        if blocking and _arcs_meet(usage.window(first), usage.window(second), ii):
            yield _concurrency_violation(usage, first, second)


def _concurrency_paper(case: Case) -> Iterator[Violation]:
    """Figure 6 of the paper to the letter: a blocking operation starts while none executes."""
    usage, ii = case.usage, case.schedule.ii
    for running, blocked in permutations(problem_names(case), 2):
        if usage.role[running] != usage.role[blocked] or not usage.blocks(blocked):
            continue
        begin = usage.start[running]
        starts = usage.start[blocked]
        busy = (begin, begin + execution(case.problem, running))
        if _arcs_meet(busy, (starts, starts + 1), ii):
            yield _concurrency_violation(usage, running, blocked)


def problem_names(case: Case) -> list[str]:
    """The operations in program order."""
    return [op.name for op in case.problem.ops]


def execution(problem: Problem, name: str) -> int:
    """Cycles for which an operation executes: its issue and its reservations."""
    op = problem.op[name]
    ends = [r.offset + r.length for reserved in op.reservations.values() for r in reserved]
    return max([op.issue, *ends])


def _concurrency_violation(usage: Usage, first: str, second: str) -> Violation:
    (a, b), (c, d) = usage.window(first), usage.window(second)
    return Violation(
        "CONCURRENCY",
        f"role {usage.role[first]}: {first} [{a}, {b}) and {second} [{c}, {d}) overlap modulo"
        f" {usage.ii} and one of them waits",
        (first, second),
    )


def _arcs_meet(a: tuple[int, int], b: tuple[int, int], ii: int) -> bool:
    """Whether two half-open intervals of cycles overlap modulo II.

    An empty interval overlaps what it lies strictly inside of.
    """
    apart = (b[0] - a[0]) % ii
    in_order = a[1] - a[0] <= apart and b[1] - b[0] <= ii - apart
    at_once = apart == 0 and b[1] <= b[0] and a[1] - a[0] <= ii
    return not (in_order or at_once)


def check_registers(case: Case) -> Iterator[Violation]:
    """REGISTERS: live results and overhead within each role's budget, budgets within the file."""
    limits = case.problem.roles
    if limits is None or limits.register_file is None:
        return
    allowed = limits.registers
    for role in case.schedule.roles:
        if role.registers is None:
            yield Violation("REGISTERS", f"role {role.name} has no register budget")
            continue
        held, phase = case.usage.pressure(role.name)
        if held + allowed.overhead > role.registers:
            yield Violation(
                "REGISTERS",
                f"role {role.name} holds {held} + {allowed.overhead} registers per thread at phase"
                f" {phase}, its budget is {role.registers}",
            )
        legal = range(allowed.min, allowed.max + 1, allowed.step)
        if role.registers not in legal:
            yield Violation(
                "REGISTERS",
                f"role {role.name} has {role.registers} registers per thread, allowed are"
                f" {allowed.min} to {allowed.max} in steps of {allowed.step}",
            )
    budgets = [(role.warps, role.registers or 0) for role in case.schedule.roles]
    total = register_total(case.problem, budgets)
    if total > limits.register_file:
        yield Violation(
            "REGISTERS", f"the roles take {total} registers, the file has {limits.register_file}"
        )


def check_memory(case: Case) -> Iterator[Violation]:
    """MEMORY: rings as deep as the most instances alive at once, within each memory."""
    stated = {buffer.name: buffer for buffer in case.schedule.buffers}
    for buffer in case.usage.buffers:
        need = case.usage.depth(buffer)
        have = stated[buffer.name].depth if buffer.name in stated else 0
        if have != need:
            life = case.usage.lifetime(buffer)
            yield Violation(
                "MEMORY",
                f"ring {buffer.name} has {have} slots, {life} cycles of life at II"
                f" {case.schedule.ii} make it {need}",
                tuple(buffer.members),
            )
    for memory in case.problem.memories:
        total = sum(amount for _, amount in case.usage.memory_lines(memory.name))
        if total > memory.capacity:
            yield Violation(
                "MEMORY",
                f"{memory.name} is asked for {total} {memory.unit}, it has {memory.capacity}",
            )


def check_barriers(case: Case) -> Iterator[Violation]:
    """BARRIERS: the named barriers of the channels within the machine's."""
    limit = case.problem.limits.named_barriers
    if case.problem.roles is None:
        return
    if limit is not None and case.usage.named_barriers > limit:
        yield Violation(
            "BARRIERS",
            f"the channels need {case.usage.named_barriers} named barriers, there are {limit}",
        )


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


def objective_values(problem: Problem, schedule: Schedule) -> dict[str, int]:
    """The value of every level of the objective, by name, from starts, roles and budgets."""
    start = {name: placed.start for name, placed in schedule.ops.items()}
    role = {name: placed.role for name, placed in schedule.ops.items() if placed.role is not None}
    usage = Usage(problem, schedule.ii, start, role)
    values = {"ii": schedule.ii, "time": usage.time, "length": usage.length}
    values["buffer_bytes"] = usage.buffer_bytes
    if problem.roles is not None:
        roles = [(r.warps, r.registers or 0) for r in schedule.roles]
        values["handoff_cost"] = usage.handoff_cost
        values["roles"] = len(roles)
        values["warps"] = sum(warps for warps, _ in roles)
        if problem.roles.register_file is not None:
            values["registers"] = register_total(problem, roles)
    return values


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
    check_statement,
)
