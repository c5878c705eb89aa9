"""How much is asked of a unit that many operations share, cycle by cycle."""

from __future__ import annotations

from twill.reports.period import Piece
from twill.reports.rows import Row
from twill.reports.svg.axis import Axis, steps
from twill.reports.svg.element import Markup, element


def demand(pieces: tuple[Piece, ...], period: int) -> list[tuple[int, int]]:
    """What is asked for, from each cycle on at which that changes."""
    change: dict[int, int] = {0: 0}
    for piece in pieces:
        change[piece.begin] = change.get(piece.begin, 0) + piece.amount
        change[piece.end] = change.get(piece.end, 0) - piece.amount
    levels, held = [], 0
    for cycle in sorted(change):
        held += change[cycle]
        if cycle < period:
            levels.append((cycle, held))
    return levels


def load(row: Row, axis: Axis, y: float, height: float) -> list[Markup]:
    """A profile under a line at the unit's capacity, which demand may exceed for a while."""
    levels = demand(row.pieces, axis.end)
    most = max(row.capacity, *(level for _, level in levels))
    heights = [(cycle, round(y + height * (1 - level / most), 2)) for cycle, level in levels]
    foot = y + height
    outline = steps(axis, heights, axis.end)
    area = f"M{axis.left:g},{foot:g}V{heights[0][1]:g}{outline}V{foot:g}Z"
    limit = y + height * (1 - row.capacity / most)
    peak = max(level for _, level in levels)
    hover = f"{row.name}: at most {peak} asked for at once, {row.capacity} served per cycle"
    line = f"M{axis.left:g},{limit:.2f}H{axis.right:g}"
    return [
        element("path", {"class": "load", "d": area}, element("title", {}, hover)),
        element("path", {"class": "limit thin", "d": line}),
    ]
