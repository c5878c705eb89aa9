"""C8: whether the other kernel's budgets fit the machine, and what its structure needs them."""

from __future__ import annotations

from twill.accounting import buffers, charged_warps
from twill.comparison import Criterion
from twill.problem import Problem
from twill.schedule import Schedule
from twill.structure.model import Ring, Structure
from twill.structure.words import value_of

WARP = 32


def resources_criterion(
    problem: Problem, theirs: Structure, schedule: Schedule | None
) -> Criterion:
    """C8 with its evidence; ``schedule``: one with their structure, if there is one."""
    checks = [*_register_file(problem, theirs), *_memory(problem, theirs)]
    if schedule is not None:
        checks += _budgets(theirs, schedule)
    broken = any(not holds for holds, _ in checks)
    evidence = tuple(text for _, text in checks) or ("no budgets are stated",)
    return Criterion("C8", "resources", "different" if broken else "same", evidence)


def _register_file(problem: Problem, theirs: Structure) -> list[tuple[bool, str]]:
    """Their registers as the model charges them: whole warp groups."""
    limits = problem.roles
    if limits is None or limits.register_file is None:
        return []
    stated = [b for b in theirs.bodies if b.registers is not None]
    if not stated:
        return [(True, "registers per thread are not set by the kernel")]
    charged = sum(charged_warps(problem, b.warps) * WARP * (b.registers or 0) for b in stated)
    exact = sum(b.warps * WARP * (b.registers or 0) for b in stated)
    told = " + ".join(f"{charged_warps(problem, b.warps) * WARP} x {b.registers}" for b in stated)
    text = f"registers: {told} = {charged} of {limits.register_file}"
    if charged <= limits.register_file:
        return [(True, text)]
    if exact <= limits.register_file:
        text += (
            f"; a role is charged whole groups of {limits.warp_group} warps, threads alone would"
            f" take {exact}"
        )
    return [(False, text)]


def _memory(problem: Problem, theirs: Structure) -> list[tuple[bool, str]]:
    """Their buffers, with the sizes that results have in the problem."""
    found = []
    for memory in problem.memories:
        rings = [ring for ring in theirs.rings if ring.memory == memory.name]
        fixed = sum(i.size for i in problem.invariants if i.space == memory.name)
        used = fixed + sum(ring.slots * _slot(problem, ring) for ring in rings)
        if rings:
            text = f"{memory.name} memory: buffers of {used} of {memory.capacity} {memory.unit}"
            found.append((used <= memory.capacity, text))
    return found


def _slot(problem: Problem, ring: Ring) -> int:
    """The size of a slot: of all values that it holds at once, all slices together.

    Values that take over each other's storage are one.
    """
    size: dict[str, int] = {}
    for buffer in buffers(problem):
        if buffer.memory == ring.memory and set(buffer.members) & set(ring.values):
            value = value_of(buffer.name)
            size[value] = size.get(value, 0) + buffer.size
    return max(size.values(), default=0) if ring.alternating else sum(size.values())


def _budgets(theirs: Structure, schedule: Schedule) -> list[tuple[bool, str]]:
    """The registers that their structure needs in the model, beside what they set."""
    found = []
    for body in theirs.bodies:
        names = {schedule.ops[each.op].role for each in body.instructions}
        need = max((r.registers or 0 for r in schedule.roles if r.name in names), default=0)
        if body.registers is None or not need:
            continue
        text = f"{body.name}: needs {need} registers per thread in the model, has {body.registers}"
        found.append((need <= body.registers, text))
    return found
