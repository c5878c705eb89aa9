"""REGISTERS: what a role holds is more than a budget, or all budgets more than the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from twill.accounting import charged_warps
from twill.problem import Op, RoleLimits
from twill.solver.proof.candidate import Candidate
from twill.storage import read_end, takes_over


@dataclass(frozen=True, slots=True)
class Held:
    """``size`` registers held when an operation starts; ``key`` is how ``registers`` lists it.

    ``rule`` and ``arguments`` (the operation apart) are the axiom that says so.
    """

    size: int
    rule: str
    key: tuple[Any, int]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """What a role holds when an operation starts: so many registers with the overhead."""

    at: str
    held: tuple[Held, ...]
    registers: int


def add_registers(candidate: Candidate) -> int:
    """Roles beyond any budget; else, where the file is too small, the budgets that exceed it."""
    limits = candidate.period.problem.roles
    if limits is None or limits.register_file is None:
        return 0
    levels = [_level(candidate, limits, at) for at in candidate.role]
    most = _budgets(limits)[-1]
    over = [level for level in levels if level.registers > most]
    if over:
        return sum(_add_cover(candidate, limits, level, most) for level in over)
    peaks: dict[str, Level] = {}
    for level in sorted(levels, key=lambda level: level.registers):
        peaks[candidate.role[level.at]] = level
    return _add_file(candidate, limits, peaks)


def _budgets(limits: RoleLimits) -> range:
    allowed = limits.registers
    return range(allowed.min, allowed.max + 1, allowed.step)


def _level(candidate: Candidate, limits: RoleLimits, at: str) -> Level:
    held = tuple(_held(candidate, at))
    return Level(at, held, limits.registers.overhead + sum(each.size for each in held))


def _held(candidate: Candidate, at: str) -> Iterator[Held]:
    """What the role of an operation holds when it starts."""
    for op in candidate.period.problem.ops:
        if op.in_registers and op.result is not None and op.result.size:
            if candidate.role[op.name] == candidate.role[at]:
                yield from _own(candidate, op, op.result.size, at)
            yield from _copies(candidate, op, op.result.size, at)


def _own(candidate: Candidate, op: Op, size: int, at: str) -> Iterator[Held]:
    begin = candidate.start[op.name]
    end, reason = max(_ends(candidate, op), key=lambda found: found[0])
    for k in candidate.instances(candidate.start[at], begin, end):
        yield Held(size, "held", (op.name, k), (op.name, reason, k))


def _ends(candidate: Candidate, op: Op) -> Iterator[tuple[int, list[str | int]]]:
    """Until when a value is held by its role, and why."""
    period, usage = candidate.period, candidate.usage
    begin = candidate.start[op.name]
    taken = False
    for number in period.flows_from[op.name]:
        d = period.dependences[number]
        if usage.crosses(d):
            yield begin + op.latency + op.handoff.issue_send, ["sent", number]
            continue
        takes = takes_over(period.problem, d)
        taken |= takes
        reading = 0 if takes else read_end(period.problem, d)
        yield candidate.start[d.dst] + d.distance * period.ii + reading, ["read", number]
    if not taken:
        yield begin + op.latency, ["latency"]


def _copies(candidate: Candidate, op: Op, size: int, at: str) -> Iterator[Held]:
    """Copies on other roles than the value's own."""
    period = candidate.period
    for number in period.flows_from[op.name]:
        d = period.dependences[number]
        here = candidate.role[d.dst] == candidate.role[at]
        if candidate.usage.crosses(d) and here and not takes_over(period.problem, d):
            begin = candidate.start[d.dst]
            end = begin + read_end(period.problem, d)
            for k in candidate.instances(candidate.start[at], begin, end):
                yield Held(size, "copied", (number, k), (number, k))


def _add_cover(candidate: Candidate, limits: RoleLimits, level: Level, budget: int) -> int:
    """As few of the values held then as are more than a budget."""
    chosen: list[Held] = []
    total = limits.registers.overhead
    for each in sorted(level.held, key=lambda held: -held.size):
        if total <= budget:
            chosen.append(each)
            total += each.size
    for each in list(chosen):
        if total - each.size > budget:
            chosen.remove(each)
            total -= each.size
    new = sum(candidate.axioms.add(each.rule, *each.arguments, level.at) for each in chosen)
    values = [list(each.key) for each in chosen if each.rule == "held"]
    copies = [list(each.key) for each in chosen if each.rule == "copied"]
    return new + candidate.axioms.add("registers", level.at, values, copies)


def _add_file(candidate: Candidate, limits: RoleLimits, peaks: dict[str, Level]) -> int:
    """As small budgets as still exceed the file, and why each role needs its own."""
    budgets = {
        role: next(budget for budget in _budgets(limits) if budget >= peak.registers)
        for role, peak in peaks.items()
    }
    problem = candidate.period.problem
    width = {
        role: 32 * charged_warps(problem, problem.op[name].warps)
        for role, name in candidate.speakers.items()
    }
    assert limits.register_file is not None
    excess = sum(width[role] * budgets[role] for role in budgets) - limits.register_file
    if excess <= 0:
        return 0
    step = limits.registers.step
    for role in sorted(budgets, key=lambda role: budgets[role]):
        while budgets[role] > limits.registers.min and excess > width[role] * step:
            budgets[role] -= step
            excess -= width[role] * step
    rows = [[candidate.speakers[role], budget] for role, budget in budgets.items()]
    new = candidate.axioms.add("file", rows)
    for role, budget in budgets.items():
        if budget > limits.registers.min:
            new += _add_need(candidate, limits, peaks[role], role, budget)
    return new


def _add_need(
    candidate: Candidate, limits: RoleLimits, level: Level, role: str, budget: int
) -> int:
    new = _add_cover(candidate, limits, level, budget - limits.registers.step)
    speaker = candidate.speakers[role]
    if speaker != level.at:
        new += candidate.axioms.add("needs_same", level.at, speaker, budget)
    return new
