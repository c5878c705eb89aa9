"""The rows of a timeline: what every unit and every role does in one steady-state period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from twill.problem import Op
from twill.reports.period import Piece, covered, split
from twill.reports.view import View
from twill.reports.words import percent


@dataclass(frozen=True, slots=True)
class Row:
    """Uses of one unit or of one role's instruction stream.

    ``share`` of the period that it is busy, in words. A ``stream`` shows operations from
    their first wait to their last arrive, and it has capacity 1.
    """

    name: str
    kind: Literal["unit", "fluid", "stream"]
    capacity: int
    pieces: tuple[Piece, ...]
    share: str


def unit_rows(view: View) -> list[Row]:
    """A row for every unit that is used, and one for the operations that no unit row names."""
    rows = []
    for unit in view.problem.units:
        if not _reserves(view, unit.name):
            continue
        pieces = tuple(
            piece
            for op in view.problem.ops
            for use in op.reservations.get(unit.name, ())
            for piece in _pieces(view, op.name, use.offset, use.length, use.amount, unit.capacity)
        )
        busy = sum((p.end - p.begin) * p.amount for p in pieces)
        share = percent(busy, unit.capacity * view.schedule.ii)
        kind: Literal["unit", "fluid"] = "fluid" if unit.fluid else "unit"
        share = f"~{share}" if unit.fluid else share
        rows.append(Row(unit.name, kind, unit.capacity, pieces, share))
    loose = _loose_ops(view)
    return [*rows, _stream(view, "no unit", loose)] if loose else rows


def role_rows(view: View) -> list[Row]:
    """A row for every role: when its operations keep its instruction stream, waits included."""
    rows = []
    for role in view.schedule.roles:
        ops = [op for op in view.problem.ops if view.place(op.name).role == role.name]
        rows.append(_stream(view, role.name, ops))
    return rows


def idle_units(view: View) -> list[str]:
    """Units that no operation reserves."""
    return [unit.name for unit in view.problem.units if not _reserves(view, unit.name)]


def _reserves(view: View, unit: str) -> bool:
    return any(op.reservations.get(unit) for op in view.problem.ops)


def _stream(view: View, name: str, ops: Iterable[Op]) -> Row:
    pieces: list[Piece] = []
    for op in ops:
        begin, end = view.usage.window(op.name)
        pieces += _pieces(view, op.name, begin - view.place(op.name).start, end - begin, 1, 1)
    return Row(name, "stream", 1, tuple(pieces), percent(covered(pieces), view.schedule.ii))


def _pieces(
    view: View, op: str, offset: int, length: int, amount: int, capacity: int
) -> list[Piece]:
    period = view.schedule.ii
    start = view.place(op).slot + offset
    shift = -(start // period)
    share = f" {percent(amount, capacity)}" if amount < capacity else ""
    out = []
    for begin, end, opened, closed, lap in split(start, length, period):
        label = view.label(op, shift - lap)
        full = (f"{label}{share}",) if share else ()
        short = view.short(op)
        labels = (*full, label, op, *([short] if short != op else []), view.symbol(op))
        iteration = view.offset(op) + shift - lap
        out.append(Piece(op, begin, end, labels, opened, closed, amount, iteration))
    return out


def _loose_ops(view: View) -> list[Op]:
    """Operations that no other row would show; the row of a fluid unit names none."""
    boxed = {unit.name for unit in view.problem.units if not unit.fluid}
    return [
        op
        for op in view.problem.ops
        if view.place(op.name).role is None
        and not any(uses for unit, uses in op.reservations.items() if unit in boxed)
    ]
