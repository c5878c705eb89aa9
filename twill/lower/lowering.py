"""A schedule becomes a program: streams, synchronisation, memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from twill.accounting import Usage
from twill.diagnostics import Diagnostic, InputError
from twill.lower.counts import published, with_counts
from twill.lower.layout import place
from twill.lower.order import queue_of
from twill.lower.phases import with_safe_phases
from twill.lower.program import Arrive, Barrier, Instruction, RoleProgram, Run, Wait, WarpProgram
from twill.lower.registers import Chain, chains, received
from twill.lower.required import Ordering, Turn, required
from twill.lower.rotate import rotated
from twill.lower.streams import Streams, streams
from twill.lower.synchronise import Parties, Synchroniser
from twill.problem import Problem
from twill.schedule import Schedule


def lower(
    problem: Problem,
    schedule: Schedule,
    deeper: Mapping[str, int] | None = None,
    turns: Sequence[Turn] = (),
) -> WarpProgram:
    """The programs of a verified schedule.

    ``deeper``: slots that rings get beyond those that the schedule needs. ``turns``: operations
    of different roles that are to be issued in the schedule's order.

    :raises InputError: if the problem has no roles, or its memories cannot hold the rings with
        their alignment and the barriers that the program needs.
    """
    if problem.roles is None:
        message = f"{problem.name} has no roles: there are no warps to write programs for"
        raise InputError([Diagnostic(message, help="give the problem 'roles'")])
    usage = usage_of(problem, schedule)
    depth = {name: n + (deeper or {}).get(name, 0) for name, n in depths(usage).items()}
    found = chains(usage)
    needed = (*required(usage, depth, found), *(turn.ordering() for turn in turns))
    made, parties, added = _synchronised(usage, needed, depth)
    if added:
        made, parties, added = _synchronised(usage, (*needed, *added), depth)
        assert not added, f"nothing holds {added[0].dst} back"
    return _program(schedule, usage, made, parties, found, depth)


def _synchronised(
    usage: Usage, needed: tuple[Ordering, ...], depth: dict[str, int]
) -> tuple[Streams, dict[str, Parties], tuple[Ordering, ...]]:
    made = streams(usage, needed)
    parties = Synchroniser(made, needed, depth).run()
    return made, parties, with_safe_phases(made, parties)


def usage_of(problem: Problem, schedule: Schedule) -> Usage:
    """What a schedule uses; its roles by operation."""
    start = {name: placement.start for name, placement in schedule.ops.items()}
    role = {name: placement.role or "" for name, placement in schedule.ops.items()}
    return Usage(problem, schedule.ii, start, role)


def depths(usage: Usage) -> dict[str, int]:
    """Slots of every ring, and of every hand-off of a register value."""
    found = {buffer.name: usage.depth(buffer) for buffer in usage.buffers}
    for name in usage.handed_off:
        if usage.problem.op[name].in_registers:
            found[name] = usage.handoff_depth(name)
    return found


def orderings(problem: Problem, schedule: Schedule) -> tuple[Ordering, ...]:
    """What must happen in order in any program of a schedule."""
    usage = usage_of(problem, schedule)
    return required(usage, depths(usage), chains(usage))


def _program(
    schedule: Schedule,
    usage: Usage,
    made: Streams,
    parties: dict[str, Parties],
    found: tuple[Chain, ...],
    depth: dict[str, int],
) -> WarpProgram:
    used = {
        *(e.instruction.barrier for _, e in made.entries() if isinstance(e.instruction, Wait)),
    }
    barriers = tuple(
        Barrier(name, p.slots, tuple(p.engines), tuple(p.roles))
        for name, p in parties.items()
        if name in used
    )
    memory = place(usage, depth, barriers)
    queues = {
        op.name: queue_of(usage.problem, op.name) for op in usage.problem.ops if op.asynchronous
    }
    roles = []
    for role in schedule.roles:
        kept = tuple(_without_unused(e.instruction, used) for e in made.body[role.name])
        body = rotated(usage.problem, tuple(i for i in kept if i is not None), queues)
        body = with_counts(body, queues)
        body = published(usage.problem, body)
        mine = [c.held() for c in found if c.role == role.name]
        mine += [h for name, h in received(usage) if name == role.name]
        roles.append(RoleProgram(role.name, role.warps, role.registers, body, tuple(mine)))
    return WarpProgram(
        name=usage.problem.name,
        problem_sha256=schedule.problem_sha256,
        ii=schedule.ii,
        trips=usage.problem.trips,
        stages=schedule.stages,
        roles=tuple(roles),
        rings=memory.rings,
        residents=memory.residents,
        barriers=memory.barriers,
        used=memory.used,
    )


def _without_unused(instruction: Instruction, used: set[str]) -> Instruction | None:
    """Nobody arrives where nobody waits."""
    if isinstance(instruction, Arrive) and instruction.barrier not in used:
        return None
    if isinstance(instruction, Run):
        signals = tuple(s for s in instruction.signals if s.barrier in used)
        return replace(instruction, signals=signals)
    return instruction
