"""REGISTERS, MEMORY, BARRIERS: where values are kept and what announces them."""

from __future__ import annotations

from collections.abc import Iterator

from twill.accounting import register_total
from twill.verify.case import Case, Violation


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
