"""The structure of an expert's kernel on a problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twill.expert import Expert, ExpertBarrier, ExpertBuffer, Step
from twill.expert_match import PlacedRole, index_of, ops_of, placed, value_of
from twill.problem import Problem
from twill.structure.model import Barrier, Body, Instruction, Ring, Structure

REGISTERS = ("register", "registers")


def of_expert(problem: Problem, expert: Expert) -> Structure:
    """The kernel's roles, orders, buffers and barriers, on the operations of the problem.

    :raises InputError: where operations and steps do not match.
    """
    roles = placed(problem, expert)
    names = [op.name for op in problem.ops]
    return Structure(
        tuple(map(_body, roles)),
        tuple(ring for each in expert.buffers for ring in _rings(each, names)),
        tuple(barrier for each in expert.barriers for barrier in _barriers(each, names)),
    )


def _body(role: PlacedRole) -> Body:
    groups = tuple(
        tuple(Instruction(op, role.offsets[op]) for op in group) for group in role.groups
    )
    return Body(role.label, role.role.warps, role.role.registers, groups)


def _rings(buffer: ExpertBuffer, names: Sequence[str]) -> Iterator[Ring]:
    """One ring, or one for each sub-tile of the buffer's dimension."""
    values = tuple(n for n in names if value_of(n) in buffer.values)
    tiles = [""]
    if buffer.per is not None:
        indices = (i for n in values for i in index_of(n))
        tiles = list(dict.fromkeys(i for i in indices if _is_of(i, buffer.per))) or [""]
    for tile in tiles:
        mine = tuple(n for n in values if not tile or tile in index_of(n))
        if mine:
            yield Ring(
                f"{buffer.name} {tile}".strip(),
                buffer.memory,
                buffer.slots,
                mine,
                buffer.alternating,
            )


def _is_of(index: str, dimension: str) -> bool:
    return index.rstrip("0123456789") == dimension.lower()


def _barriers(barrier: ExpertBarrier, names: Sequence[str]) -> Iterator[Barrier]:
    """One for each pair of operations, of one sub-tile where neither names one."""
    if barrier.after is None or barrier.before is None:
        yield Barrier(barrier.name, None, None, barrier.note)
        return
    after, before = ops_of(barrier.after, names), ops_of(barrier.before, names)
    for u, v in _paired(barrier.after, barrier.before, after, before):
        first = Instruction(u, barrier.after.offset)
        second = Instruction(v, barrier.before.offset)
        yield Barrier(barrier.name, first, second, barrier.note)


def _paired(
    after: Step, before: Step, first: Sequence[str], second: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Every pair that agrees on the sub-tiles that both have, unless a step says which."""
    free = not after.index and not before.index
    for u in first:
        for v in second:
            if not free or _agree(index_of(u), index_of(v)):
                yield u, v


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two indices name the same sub-tile in every dimension that both have."""
    where = {index.rstrip("0123456789"): index for index in one}
    return all(where.get(i.rstrip("0123456789"), i) == i for i in other)
