"""Where rings, invariants and barriers lie in the memories."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twill.accounting import Usage, round_up
from twill.diagnostics import Diagnostic, InputError
from twill.lower.program import Barrier, Resident, Ring
from twill.problem import Memory

TILE_ALIGNMENT = 1024
"""Bytes. A tile swizzled over 128 bytes repeats every 8 rows of them (PTX, matrix descriptor)."""

SMALL_ALIGNMENT = 128
"""Bytes: what a bulk copy of the copy engine asks of shared memory (PTX, cp.async.bulk.tensor)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Addresses of everything, and how much of each memory is taken."""

    rings: tuple[Ring, ...]
    residents: tuple[Resident, ...]
    barriers: tuple[Barrier, ...]
    used: dict[str, int]


def place(usage: Usage, depth: dict[str, int], barriers: tuple[Barrier, ...]) -> Layout:
    """Largest first, so that alignment costs little; barriers last.

    :raises InputError: where a memory cannot hold it all.
    """
    rings, residents = _rings(usage, depth), _residents(usage)
    used: dict[str, int] = {}
    for memory in usage.problem.memories:
        mine: list[Ring | Resident] = [*residents, *rings]
        mine = [m for m in mine if m.memory == memory.name]
        at = 0
        for item in sorted(mine, key=lambda m: -m.size):
            at = round_up(at, _alignment(memory, item.size))
            placed = replace(item, address=at)
            if isinstance(placed, Ring):
                rings = tuple(placed if r is item else r for r in rings)
            else:
                residents = tuple(placed if r is item else r for r in residents)
            at += item.size * (item.slots if isinstance(item, Ring) else 1)
        used[memory.name] = at
    barriers = _place_barriers(usage, barriers, used)
    _check(usage, used)
    return Layout(rings, residents, barriers, used)


def _alignment(memory: Memory, size: int) -> int:
    if memory.unit != "bytes":
        return 1
    if size >= TILE_ALIGNMENT:
        return TILE_ALIGNMENT
    return min(SMALL_ALIGNMENT, 1 << (size - 1).bit_length()) if size else 1


def _residents(usage: Usage) -> tuple[Resident, ...]:
    return tuple(Resident(i.name, i.space, i.size, 0) for i in usage.problem.invariants)


def _rings(usage: Usage, depth: dict[str, int]) -> tuple[Ring, ...]:
    rings = [
        Ring(b.name, b.memory, depth[b.name], b.size, 0, tuple(b.members), b.accumulator)
        for b in usage.buffers
    ]
    roles = usage.problem.roles
    memory = roles.handoff_memory if roles is not None else None
    for name in usage.handed_off:
        op = usage.problem.op[name]
        if op.in_registers and memory is not None:
            rings.append(
                Ring(name, memory, depth[name], op.handoff.bytes, 0, (name,), handoff=True)
            )
    return tuple(rings)


def _place_barriers(
    usage: Usage, barriers: tuple[Barrier, ...], used: dict[str, int]
) -> tuple[Barrier, ...]:
    roles, size = usage.problem.roles, usage.problem.limits.mbarrier_bytes
    memory = roles.handoff_memory if roles is not None else None
    if memory is None or not size:
        return barriers
    at = round_up(used[memory], size)
    placed = []
    for barrier in barriers:
        placed.append(replace(barrier, address=at))
        at += barrier.slots * size
    used[memory] = at
    return tuple(placed)


def _check(usage: Usage, used: dict[str, int]) -> None:
    faults = []
    for memory in usage.problem.memories:
        over = used[memory.name] - memory.capacity
        if over > 0:
            message = (
                f"{memory.name}: the program takes {used[memory.name]} {memory.unit} with "
                f"alignment and barriers, {over} more than there are"
            )
            faults.append(Diagnostic(message, help="lower the capacity by that much and solve"))
    if faults:
        raise InputError(faults)
