"""Constraints in named groups, each of which can be lifted from a problem.

Lifting a group gives another problem that every schedule of the first one solves too. So
what forbids an II can be found by asking, with any engine, which groups may go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal

from twill.problem import Dependence, Handoff, Op, Problem, Requirements

GroupKind = Literal[
    "delay",
    "unit",
    "memory",
    "registers",
    "hand-offs",
    "issue",
    "load role",
    "roles",
    "barriers",
    "stages",
    "requirements",
]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of constraints: ``name`` is a unit, a memory or a dependence, else empty."""

    kind: GroupKind
    name: str = ""

    @property
    def title(self) -> str:
        """What the group is called in reports."""
        match self.kind:
            case "unit" | "registers" | "hand-offs" | "requirements" | "load role":
                return self.name or self.kind
            case "memory":
                return f"{self.name} memory"
            case "delay":
                return f"the time of {self.name}" if self.name else "the time that results take"
            case "issue":
                return "instruction streams"
            case "roles":
                return "number of roles and warps"
            case "barriers":
                return "named barriers"
            case "stages":
                return "number of stages"


def constraint_groups(problem: Problem) -> tuple[Group, ...]:
    """The groups that a problem has, what makes the plainest explanation last: units."""
    found = []
    if problem.requirements.any:
        found.append(Group("requirements"))
    if problem.roles is not None:
        if problem.limits.named_barriers is not None or problem.limits.mbarrier_bytes:
            found.append(Group("barriers"))
        if problem.has_load_role:
            found.append(Group("load role"))
    found.append(Group("stages"))
    if problem.roles is not None:
        found += [Group("issue"), Group("hand-offs")]
        if problem.roles.register_file is not None:
            found.append(Group("registers"))
    held = {unit for op in problem.ops for unit in op.reservations}
    if problem.roles is not None:
        found.append(Group("roles"))
    found.append(Group("delay"))
    found += [Group("memory", memory.name) for memory in problem.memories]
    return (*found, *(Group("unit", u.name) for u in problem.units if u.name in held))


def delays(problem: Problem) -> tuple[Group, ...]:
    """The dependences that take time, each as a group of its own, in order."""
    return tuple(dict.fromkeys(Group("delay", arrow(d)) for d in problem.dependences if d.delay))


def arrow(dependence: Dependence) -> str:
    """A dependence as reports write it: ``S -> P``, ``O -> O@+1``."""
    later = f"@+{dependence.distance}" if dependence.distance else ""
    return f"{dependence.src} -> {dependence.dst}{later}"


def lift(problem: Problem, groups: Collection[Group]) -> Problem:
    """The problem without these groups of constraints."""
    for group in groups:
        problem = _LIFTS[group.kind](problem, group.name)
    return _without_roles(problem, groups)


def keep(problem: Problem, groups: Collection[Group]) -> Problem:
    """The problem with no other groups than these."""
    others = [group for group in constraint_groups(problem) if group not in groups]
    return lift(problem, others)


def _without_roles(problem: Problem, lifted: Collection[Group]) -> Problem:
    """Where nothing is asked of roles any more there need be none: a far smaller model."""
    gone = {group.kind for group in lifted}
    present = {group.kind for group in constraint_groups(problem)}
    about_roles = {"registers", "hand-offs", "issue", "load role", "barriers", "requirements"}
    if problem.roles is None or (present & about_roles) - gone:
        return problem
    return replace(problem, roles=None, requirements=Requirements())


def _unit(problem: Problem, name: str) -> Problem:
    def free(op: Op) -> Op:
        held = {unit: held for unit, held in op.reservations.items() if unit != name}
        return replace(op, reservations=held)

    return replace(problem, ops=tuple(map(free, problem.ops)))


def _memory(problem: Problem, name: str) -> Problem:
    """Room for every ring at its deepest."""
    used = sum(op.result.size for op in problem.ops if op.result and op.result.space == name)
    staged = sum(op.handoff.bytes for op in problem.ops)
    fixed = sum(value.size for value in problem.invariants if value.space == name)
    barriers = problem.limits.mbarrier_bytes * sum(op.handoff.mbarriers for op in problem.ops)
    room = fixed + (used + staged + barriers) * _deepest(problem)
    memories = [
        replace(m, capacity=max(m.capacity, room)) if m.name == name else m
        for m in problem.memories
    ]
    return replace(problem, memories=tuple(memories))


def _deepest(problem: Problem) -> int:
    """No ring is deeper, at any II: a life is within the stages, the distances and what is slow."""
    slow = max(op.latency for op in problem.ops)
    reads = max((d.read_until or 0 for d in problem.dependences), default=0)
    far = sum(d.distance for d in problem.dependences)
    carried = sum(op.in_place.distance for op in problem.ops if op.in_place)
    return problem.limits.max_stages + far + carried + 3 * slow + reads + 2


def _registers(problem: Problem, _: str) -> Problem:
    assert problem.roles is not None
    return replace(problem, roles=replace(problem.roles, register_file=None))


def _handoffs(problem: Problem, _: str) -> Problem:
    return _each_handoff(problem, latency=0, bytes=0, issue_send=0, issue_receive=0)


def _each_handoff(problem: Problem, **changes: int) -> Problem:
    def free(handoff: Handoff) -> Handoff:
        return replace(handoff, **changes)

    ops = tuple(replace(op, handoff=free(op.handoff)) for op in problem.ops)
    return replace(problem, ops=ops)


def _issue(problem: Problem, _: str) -> Problem:
    """Streams that take no time: nothing waits for another operation of its role."""
    ops = tuple(replace(op, issue=0) for op in problem.ops)
    limits = replace(problem.limits, concurrency="issue")
    free = replace(problem, ops=ops, limits=limits)
    return _each_handoff(free, issue_send=0, issue_receive=0, issue_wait=0)


def _load_role(problem: Problem, _: str) -> Problem:
    ops = tuple(replace(op, variable_latency=False) for op in problem.ops)
    return replace(problem, ops=ops)


def _roles(problem: Problem, _: str) -> Problem:
    """A role for every operation."""
    if problem.roles is None:
        return problem
    count = len(problem.ops)
    widest = max(op.warps for op in problem.ops) + problem.roles.warp_group
    most = max(problem.roles.max_warps, count * widest)
    roles = replace(problem.roles, max_roles=max(count, problem.roles.max_roles), max_warps=most)
    return replace(problem, roles=roles)


def _barriers(problem: Problem, _: str) -> Problem:
    return replace(problem, limits=replace(problem.limits, named_barriers=None, mbarrier_bytes=0))


def more_stages(problem: Problem) -> int:
    """The stages that are allowed instead where their limit is lifted."""
    return 2 * problem.limits.max_stages + 1


def _stages(problem: Problem, _: str) -> Problem:
    return replace(problem, limits=replace(problem.limits, max_stages=more_stages(problem)))


def _requirements(problem: Problem, _: str) -> Problem:
    return replace(problem, requirements=Requirements())


def _delay(problem: Problem, name: str) -> Problem:
    """As if results were there at once; one dependence where it is named."""

    def free(d: Dependence) -> Dependence:
        return replace(d, delay=min(d.delay, 0)) if name in ("", arrow(d)) else d

    return replace(problem, dependences=tuple(map(free, problem.dependences)))


_LIFTS: dict[GroupKind, Callable[[Problem, str], Problem]] = {
    "delay": _delay,
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
}
