"""What makes no sense as a problem: names that do not exist, delays below 0, and so on.

The rules rely on this. Cycles that no II satisfies are left: such a problem has no schedule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from twill.problem import REGISTER, Op, Problem


def faults(problem: Problem) -> Iterable[str]:
    """Everything that makes no sense in a problem."""
    values = [*(op.name for op in problem.ops), *(i.name for i in problem.invariants)]
    counts = Counter(values).items()
    yield from (f"the name '{name}' is taken twice" for name, count in counts if count > 1)
    for memory in problem.memories:
        if memory.name in (REGISTER, "none"):
            yield f"'{memory.name}' is not a name for a memory"
    for value in problem.invariants:
        if value.space not in problem.memory:
            yield f"{value.name} is in memory '{value.space}', which is none"
    for op in problem.ops:
        yield from (f"{op.name}: {fault}" for fault in _op_faults(problem, op))
    yield from _dependence_faults(problem)
    yield from _role_faults(problem)


def _dependence_faults(problem: Problem) -> Iterable[str]:
    for number, d in enumerate(problem.dependences):
        if d.src not in problem.op or d.dst not in problem.op:
            yield f"dependence {number} is between {d.src} and {d.dst}, which are not both there"
        if d.kind == "flow" and d.delay < 0:
            yield f"dependence {number} reads a value {-d.delay} cycles before it is computed"


def _op_faults(problem: Problem, op: Op) -> Iterable[str]:
    if "@" in op.name:
        yield "'@' cannot be in a name"
    for unit, reserved in op.reservations.items():
        if unit not in problem.unit:
            yield f"unit '{unit}' is none"
        elif any(r.amount > problem.unit[unit].capacity for r in reserved):
            yield f"it asks for more of {unit} than there is"
    if op.result and op.result.space not in (REGISTER, *problem.memory):
        yield f"memory '{op.result.space}' is none"
    if op.in_place:
        other = problem.op.get(op.in_place.op)
        if not (op.result and other and other.result and other.result.space == op.result.space):
            yield f"it cannot take over the storage of '{op.in_place.op}'"
    if problem.roles and op.warps > problem.roles.max_warps:
        yield f"{op.warps} warps are more than there are"
    waits = any(d.dst == op.name for d in problem.dependences)
    if op.streaming and (not op.variable_latency or waits):
        yield "what streams has variable latency and waits for nothing"


def _role_faults(problem: Problem) -> Iterable[str]:
    roles, wanted = problem.roles, problem.requirements
    if wanted.any and not roles:
        yield "requirements of roles, which there are none of"
    if not all(wanted.other_than):
        yield "a partition of no operations is refused"
    labels: list[Mapping[str, str]] = [wanted.roles, *wanted.other_than]
    for name in {name for each in labels for name in each}:
        if name not in problem.op:
            yield f"something is required of '{name}', which is no operation"
    if not roles:
        return
    if roles.handoff_memory is not None and roles.handoff_memory not in problem.memory:
        yield f"the hand-off memory '{roles.handoff_memory}' is none"
    if roles.registers.max < max(roles.registers.min, roles.registers.overhead + 1):
        yield "no budget of registers is possible"
    if roles.warp_group > roles.max_warps:
        yield "a warp group is more warps than there are"
