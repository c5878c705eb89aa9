"""What a structure is, and the structure of a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from twill.accounting import Usage
from twill.problem import Problem
from twill.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Instruction:
    """An operation in a body: in body t it works on iteration t + ``offset``."""

    op: str
    offset: int

    def __str__(self) -> str:
        return f"{self.op}@{self.offset:+d}"


@dataclass(frozen=True, slots=True)
class Body:
    """What a role repeats: ``groups`` of instructions, those of one group in any order.

    ``registers`` per thread, None where nothing says.
    """

    name: str
    warps: int
    registers: int | None
    groups: tuple[tuple[Instruction, ...], ...]

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """All of them, in order."""
        return tuple(each for group in self.groups for each in group)


@dataclass(frozen=True, slots=True)
class Ring:
    """``slots`` of a memory, or of registers, that ``values`` (names of operations) share.

    ``alternating``: they take slots in turn; otherwise a slot holds one of each.
    """

    name: str
    memory: str
    slots: int
    values: tuple[str, ...]
    alternating: bool = False


@dataclass(frozen=True, slots=True)
class Barrier:
    """``before`` of body t waits for ``after`` of body t, whatever roles they are on.

    ``after`` and ``before`` are None where the barrier is about something that the loop does not
    have; ``note`` then says what.
    """

    name: str
    after: Instruction | None
    before: Instruction | None
    note: str = ""


@dataclass(frozen=True)
class Structure:
    """A kernel without its cycles.

    ``period``: all operations in the order of one period, where a clock says it (a schedule),
    else None. ``crossing``: operations whose results another role reads.
    """

    bodies: tuple[Body, ...]
    rings: tuple[Ring, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    period: Body | None = None

    @cached_property
    def role(self) -> dict[str, str]:
        """The body that every operation is in."""
        return {each.op: body.name for body in self.bodies for each in body.instructions}

    @cached_property
    def offset(self) -> dict[str, int]:
        """The offset of every operation in its body, as it is cut here."""
        return {each.op: each.offset for body in self.bodies for each in body.instructions}

    @cached_property
    def _at(self) -> dict[str, tuple[int, int]]:
        return _places(self.bodies)

    @cached_property
    def _in_period(self) -> dict[str, tuple[int, int]]:
        return _places((self.period,) if self.period is not None else ())

    def together(self, u: str, v: str) -> bool:
        """Whether two operations are in one body."""
        return u in self.role and self.role[u] == self.role.get(v)

    def lead(self, u: str, v: str) -> tuple[int, int] | None:
        """The last v that comes before u of iteration i is of iteration i + lead.

        Least and largest value, which differ where the order is left open; None where the two are
        in different bodies and there is no clock.
        """
        at = self._at if self.together(u, v) else self._in_period
        if u not in at or v not in at:
            return None
        (a, ku), (b, kv) = at[u], at[v]
        if a == b:
            return kv - ku - 1, kv - ku
        return (kv - ku, kv - ku) if b < a else (kv - ku - 1, kv - ku - 1)

    def renamed(self, image: Mapping[str, str]) -> Structure:
        """With other names for operations; those that ``image`` lacks keep theirs."""

        def instruction(each: Instruction) -> Instruction:
            return replace(each, op=image.get(each.op, each.op))

        def body(each: Body) -> Body:
            groups = tuple(tuple(map(instruction, group)) for group in each.groups)
            return replace(each, groups=groups)

        def barrier(each: Barrier) -> Barrier:
            after = instruction(each.after) if each.after else None
            before = instruction(each.before) if each.before else None
            return replace(each, after=after, before=before)

        def ring(each: Ring) -> Ring:
            return replace(each, values=tuple(image.get(v, v) for v in each.values))

        period = body(self.period) if self.period is not None else None
        rings, barriers = tuple(map(ring, self.rings)), tuple(map(barrier, self.barriers))
        return Structure(tuple(map(body, self.bodies)), rings, barriers, period)


def _places(bodies: Sequence[Body]) -> dict[str, tuple[int, int]]:
    """The number of its group and the offset of every operation."""
    return {
        each.op: (number, each.offset)
        for body in bodies
        for number, group in enumerate(body.groups)
        for each in group
    }


def usage_of(problem: Problem, schedule: Schedule) -> Usage:
    """What a schedule uses."""
    start = {name: place.start for name, place in schedule.ops.items()}
    role = {n: place.role for n, place in schedule.ops.items() if place.role is not None}
    return Usage(problem, schedule.ii, start, role)


def of_schedule(problem: Problem, schedule: Schedule) -> Structure:
    """The structure of a schedule: bodies in the order of slots, equal slots in one group.

    A problem without roles has one body with everything.
    """
    names = [op.name for op in problem.ops]
    if schedule.roles:
        bodies = tuple(
            _body(schedule, role.name, role.warps, role.registers, mine)
            for role in schedule.roles
            if (mine := [n for n in names if schedule.ops[n].role == role.name])
        )
    else:
        bodies = (_body(schedule, "", 1, None, names),)
    return Structure(
        bodies,
        tuple(Ring(b.name, b.memory, b.depth, b.values) for b in schedule.buffers),
        period=_body(schedule, "", 0, None, names),
    )


def _body(
    schedule: Schedule, name: str, warps: int, registers: int | None, ops: Sequence[str]
) -> Body:
    last = max(place.stage for place in schedule.ops.values())

    def slot(op: str) -> int:
        return schedule.ops[op].slot

    groups = tuple(
        tuple(Instruction(op, last - schedule.ops[op].stage) for op in group)
        for _, group in groupby(sorted(ops, key=slot), key=slot)
    )
    return Body(name, warps, registers, groups)
