"""Boxes on a ruler: cycles of a period to columns, and boxes to lanes that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from twill.reports.period import Piece, round_steps

WIDEST_CYCLE = 16
"""Columns that one cycle takes at most; short periods need not fill the page."""


@dataclass(frozen=True, slots=True)
class Box:
    """A piece in columns ``left`` to ``right`` (excluded)."""

    piece: Piece
    left: int
    right: int

    @property
    def least(self) -> int:
        """The narrowest that the box may get: its symbol."""
        return len(self.piece.labels[-1])


@dataclass(frozen=True, slots=True)
class Scale:
    """``period`` cycles shown in ``columns`` columns."""

    period: int
    columns: int

    def column(self, cycle: int) -> int:
        """The column boundary nearest to a cycle."""
        return (2 * cycle * self.columns + self.period) // (2 * self.period)


def scale(period: int, room: int) -> Scale:
    """The scale that shows a period in at most ``room`` columns; short ones in whole columns."""
    if period <= room:
        return Scale(period, period * min(WIDEST_CYCLE, room // period))
    return Scale(period, room)


def pack(pieces: Iterable[Piece], ruler: Scale) -> list[list[Box]]:
    """Every piece in a box of its own, in as few lanes as first fit gives."""
    lanes: list[list[Box]] = []
    for piece in sorted(pieces, key=lambda p: (p.begin, p.begin - p.end, p.op, not p.opened)):
        box = _box(piece, ruler)
        if not any(_place(lane, box) for lane in lanes):
            lanes.append([box])
    return lanes


def _box(piece: Piece, ruler: Scale) -> Box:
    left, right = ruler.column(piece.begin), ruler.column(piece.end)
    least = min(len(piece.labels[-1]), ruler.columns)
    right = max(right, left + least)
    if right > ruler.columns:
        right = ruler.columns
        left = min(left, right - least)
    return Box(piece, left, right)


def _place(lane: list[Box], box: Box) -> bool:
    """Append a box to a lane where it fits, narrowing a neighbour that rounding widened."""
    last = lane[-1]
    overlap = last.right - box.left
    if overlap > 0:
        if last.piece.end > box.piece.begin:
            return False
        if last.right - last.left - overlap >= last.least:
            lane[-1] = replace(last, right=box.left)
        elif box.right - box.left - overlap >= box.least:
            box = replace(box, left=last.right)
        else:
            return False
    lane.append(box)
    return True


def content(box: Box, touches: bool = False) -> str:
    """What is written in a box: the fullest label that fits between its ends.

    ``touches``: another box ends where this one begins, so that its edge must show.
    """
    width = box.right - box.left
    text = _label(box, touches)[:width]
    if not box.piece.opened and len(text) + 1 <= width:
        text = "‹" + text
    elif len(text) + 1 <= width:
        text = "├" + text
    room = width - len(text)
    if room == 0:
        return text
    return text + "─" * (room - 1) + ("┤" if box.piece.closed else "›")


def shows_short(box: Box, touches: bool = False) -> bool:
    """Whether a box has a shortened name, neither its operation's full name nor its symbol."""
    text = _label(box, touches)
    return not text.startswith(box.piece.op) and text != box.piece.labels[-1]


def shows_symbol(box: Box, touches: bool = False) -> bool:
    """Whether a box is too narrow for its operation's name."""
    return _label(box, touches) == box.piece.labels[-1] != box.piece.op


def _label(box: Box, touches: bool) -> str:
    """The fullest label that leaves room for the box's edge; a bare name may fill a lone box."""
    width = box.right - box.left
    for text in box.piece.labels[:-1]:
        bare = "@" not in text and not touches
        if len(text) < width or (bare and len(text) == width):
            return text
    return box.piece.labels[-1]


def ticks(ruler: Scale) -> Sequence[int]:
    """Cycles to mark on the ruler: round steps wide enough for their numbers."""
    widest = len(str(ruler.period)) + 3
    for step in round_steps(ruler.period):
        if step * ruler.columns >= widest * ruler.period or step >= ruler.period:
            inner = range(0, ruler.period, step)
            last = ruler.columns - ruler.column(inner[-1])
            return [*(inner if last >= widest or inner[-1] == 0 else inner[:-1]), ruler.period]
    return [0, ruler.period]
