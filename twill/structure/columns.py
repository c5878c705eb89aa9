"""Two structures side by side, role by role, cut at the same place."""

from __future__ import annotations

from twill.comparison import Column
from twill.structure.model import Body, Instruction, Structure


def paired(ours: Structure, theirs: Structure) -> list[tuple[Body | None, Body | None]]:
    """Roles that have most operations in common, in the order of theirs; then what is left."""
    overlaps = sorted(
        (
            (-len(_ops(mine) & _ops(other)), j, i)
            for i, mine in enumerate(ours.bodies)
            for j, other in enumerate(theirs.bodies)
        ),
    )
    partner: dict[int, int] = {}
    for size, j, i in overlaps:
        if size and j not in partner and i not in partner.values():
            partner[j] = i
    pairs: list[tuple[Body | None, Body | None]] = [
        (ours.bodies[partner[j]] if j in partner else None, other)
        for j, other in enumerate(theirs.bodies)
    ]
    alone = [body for i, body in enumerate(ours.bodies) if i not in partner.values()]
    return [*pairs, *((body, None) for body in alone)]


def columns(ours: Structure, theirs: Structure) -> tuple[list[Column], list[Column]]:
    """The roles of both, paired by position; one that has no partner faces an empty column."""
    left, right = [], []
    for mine, other in paired(ours, theirs):
        left.append(_column(_cut_alike(mine, other) if mine and other else mine))
        right.append(_column(other))
    return left, right


def _cut_alike(mine: Body, other: Body) -> Body:
    """Ours, beginning with the first of their operations that it has."""
    shared = (each for each in other.instructions if each.op in _ops(mine))
    first = next(shared, None)
    return mine if first is None else begun_at(mine, first)


def _column(body: Body | None) -> Column:
    if body is None:
        return Column("", 0, None, ())
    steps = tuple(", ".join(map(str, group)) for group in body.groups)
    return Column(body.name, body.warps, body.registers, steps)


def begun_at(body: Body, first: Instruction) -> Body:
    """The same stream, cut in front of an operation, which gets the offset given."""
    at = next(
        (n for n, group in enumerate(body.groups) if first.op in {each.op for each in group}), None
    )
    if at is None:
        return body
    shift = first.offset - next(e.offset for e in body.instructions if e.op == first.op)
    later = [_shifted(group, shift) for group in body.groups[at:]]
    earlier = [_shifted(group, shift + 1) for group in body.groups[:at]]
    return Body(body.name, body.warps, body.registers, (*later, *earlier))


def _shifted(group: tuple[Instruction, ...], shift: int) -> tuple[Instruction, ...]:
    return tuple(Instruction(each.op, each.offset + shift) for each in group)


def _ops(body: Body) -> set[str]:
    return {each.op for each in body.instructions}
