"""What a constraint group of a problem consists of, in numbers that a reader knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twill.problem import Problem, groups
from twill.relaxation import Group, arrow, more_stages
from twill.solver.bounds import bounds
from twill.storage import buffers

MOST = 6
"""Items of a list that are told; the biggest come first."""


def numbers(problem: Problem, group: Group, ii: int) -> str:
    """The arithmetic behind a group at ``ii``, as one line."""
    return _NUMBERS[group.kind](problem, group.name, ii)


def _listed(items: Iterable[tuple[str, int]], unit: str = "") -> str:
    """``S 64, P 32`` with the biggest first, the rest counted."""
    known = sorted(((size, name) for name, size in items if size), key=lambda i: (-i[0], i[1]))
    shown = ", ".join(f"{name} {size}" for size, name in known[:MOST])
    more = f" and {len(known) - MOST} more" if len(known) > MOST else ""
    return f"{shown}{more}{unit}"


def _unit(problem: Problem, name: str, ii: int) -> str:
    work = {
        op.name: sum(r.length * r.amount for r in op.reservations.get(name, ()))
        for op in problem.ops
    }
    served = problem.unit[name].capacity * ii
    return f"{_listed(work.items())}: {sum(work.values())} of {served} per period"


def _memory(problem: Problem, name: str, _: int) -> str:
    memory = problem.memory[name]
    lines = [(i.name, i.size) for i in problem.invariants if i.space == name]
    lines += [(ring.name, ring.size) for ring in buffers(problem) if ring.memory == name]
    total = sum(size for _, size in lines)
    left = memory.capacity - total
    return (
        f"{memory.capacity} {memory.unit}; one slot each of {_listed(lines)} takes {total},"
        f" {left} are left for more slots"
    )


def _registers(problem: Problem, _: str, __: int) -> str:
    limits = problem.roles
    assert limits is not None
    allowed = limits.registers
    sizes = ((op.name, op.result.size) for op in problem.ops if op.in_registers and op.result)
    return (
        f"{allowed.max - allowed.overhead} per thread of a role hold results ({allowed.overhead} of"
        f" {allowed.max} are overhead), {limits.register_file} in the file; {_listed(sizes)}"
    )


def _handoffs(problem: Problem, _: str, __: int) -> str:
    costs = ((op.name, op.handoff.latency) for op in problem.ops)
    return f"cycles until another role has a result: {_listed(costs)}"


def _issue(problem: Problem, _: str, __: int) -> str:
    costs = [(op.name, op.issue) for op in problem.ops]
    total = sum(cost for _, cost in costs)
    return f"cycles of instructions: {_listed(costs)}; {total} in all, waits not counted"


def _load_role(problem: Problem, _: str, __: int) -> str:
    loads = ", ".join(op.name for op in problem.ops if op.variable_latency)
    return f"{loads} have a role to themselves"


def _roles(problem: Problem, _: str, __: int) -> str:
    limits = problem.roles
    assert limits is not None
    return f"at most {limits.max_roles} roles and {limits.max_warps} warps"


def _barriers(problem: Problem, _: str, __: int) -> str:
    limit = problem.limits.named_barriers
    counts = ((op.name, op.handoff.named_barriers) for op in problem.ops)
    some = f"{limit} named barriers" if limit is not None else "the bytes of mbarriers"
    return f"{some}; per ring slot handed off {_listed(counts)}"


def _stages(problem: Problem, _: str, __: int) -> str:
    return f"at most {problem.limits.max_stages} (lifted: {more_stages(problem)})"


def _requirements(problem: Problem, _: str, __: int) -> str:
    wanted = problem.requirements
    parts = [f"one role for {', '.join(names)}" for names in groups(wanted.roles)]
    parts += ["no value in registers is read on another role"] if wanted.no_handoff else []
    parts += [f"{len(wanted.other_than)} partitions excluded"] if wanted.other_than else []
    return "; ".join(parts)


def _delay(problem: Problem, name: str, _: int) -> str:
    """One dependence; of all together the circuit that takes longest."""
    found = {arrow(d): d.delay for d in problem.dependences if name in ("", arrow(d))}
    if name:
        return f"{max(found.values())} cycles"
    circuits = [t for t in bounds(problem).terms if t.kind in ("recurrence", "buffer")]
    if not circuits:
        return _listed(found.items(), " cycles")
    slowest = max(circuits, key=lambda term: term.ii)
    return f"the slowest circuit, {slowest.name}, takes {slowest.detail}"


_NUMBERS: dict[str, Callable[[Problem, str, int], str]] = {
    "unit": _unit,
    "memory": _memory,
    "registers": _registers,
    "hand-offs": _handoffs,
    "issue": _issue,
    "load role": _load_role,
    "roles": _roles,
    "barriers": _barriers,
    "stages": _stages,
    "requirements": _requirements,
    "delay": _delay,
}
