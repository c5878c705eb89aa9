"""Programs with one thing wrong: an instruction less, a slot less, a party less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twill.lower import WarpProgram
from twill.lower.program import (
    Arrive,
    Barrier,
    Drain,
    Held,
    Instruction,
    Ring,
    RoleProgram,
    Run,
    Sync,
    Wait,
)


def mutants(program: WarpProgram) -> Iterator[tuple[str, WarpProgram]]:
    """Every one of them, with what was done to it."""
    for role in program.roles:
        for position, instruction in enumerate(role.body):
            for what, instead in _instead(instruction):
                body = (*role.body[:position], *instead, *role.body[position + 1 :])
                yield f"{role.name}: {what}", _with(program, role, replace(role, body=body))
        for held in role.held:
            if held.copies > 1:
                fewer = tuple(_fewer(h) if h is held else h for h in role.held)
                what = f"{role.name}: a copy less of {held.name}"
                yield what, _with(program, role, replace(role, held=fewer))
    for ring in program.rings:
        if ring.slots > 1:
            rings = tuple(_smaller(r) if r is ring else r for r in program.rings)
            yield f"a slot less of {ring.name}", replace(program, rings=rings)
    for barrier in program.barriers:
        if barrier.slots > 1:
            barriers = tuple(_narrower(b) if b is barrier else b for b in program.barriers)
            yield f"an mbarrier less of {barrier.name}", replace(program, barriers=barriers)


def _instead(instruction: Instruction) -> Iterator[tuple[str, tuple[Instruction, ...]]]:
    """What may stand in place of an instruction: nothing, or one that waits or tells less."""
    if isinstance(instruction, Wait | Drain | Sync | Arrive):
        yield f"without {instruction}", ()
    if isinstance(instruction, Wait):
        yield (
            f"an iteration too old: {instruction}",
            (replace(instruction, lag=instruction.lag + 1),),
        )
    if isinstance(instruction, Drain):
        laxer = replace(
            instruction, pending=instruction.pending + 1, certain=instruction.certain + 1
        )
        yield f"one more under way: {instruction}", (laxer,)
    if isinstance(instruction, Run):
        for signal in instruction.signals:
            rest = tuple(s for s in instruction.signals if s is not signal)
            yield f"{instruction.op} without {signal}", (replace(instruction, signals=rest),)


def _with(program: WarpProgram, old: RoleProgram, new: RoleProgram) -> WarpProgram:
    roles = tuple(new if role is old else role for role in program.roles)
    return replace(program, roles=roles)


def _fewer(held: Held) -> Held:
    return replace(held, copies=held.copies - 1)


def _smaller(ring: Ring) -> Ring:
    return replace(ring, slots=ring.slots - 1)


def _narrower(barrier: Barrier) -> Barrier:
    return replace(barrier, slots=barrier.slots - 1)
