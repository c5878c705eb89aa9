"""What an operation holds in one period of the steady state: pieces of a circle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """An operation's use of a row from cycle ``begin`` to ``end`` of the period.

    ``opened``: it starts here, or else it goes on from the period before; ``closed``: it
    ends here. ``labels`` are what may be written in its box, the fullest first; the last
    one is its symbol. ``amount`` of the unit's capacity. ``iteration``: the offset from the
    oldest iteration in the period.
    """

    op: str
    begin: int
    end: int
    labels: tuple[str, ...]
    opened: bool = True
    closed: bool = True
    amount: int = 1
    iteration: int = 0


def split(start: int, length: int, period: int) -> list[tuple[int, int, bool, bool, int]]:
    """The pieces (begin, end, opened, closed, periods since the start) of a use that may wrap.

    A use of no cycles is one piece without length. A use longer than the period appears
    once for every period that it reaches into.
    """
    phase = start % period
    if length == 0:
        return [(phase, phase, True, True, 0)]
    pieces, lap = [], 0
    begin, left = phase, length
    while left > 0:
        end = min(period, begin + left)
        left -= end - begin
        pieces.append((begin, end, lap == 0, left == 0, lap))
        begin, lap = 0, lap + 1
    return pieces


def covered(pieces: Iterable[Piece]) -> int:
    """Cycles of the period in which there is a piece, each counted once."""
    total = reached = 0
    for piece in sorted(pieces, key=lambda p: p.begin):
        total += max(0, piece.end - max(piece.begin, reached))
        reached = max(reached, piece.end)
    return total


def round_steps(period: int) -> list[int]:
    """Steps for a ruler: powers of two where the period is a multiple of many, else 1, 2, 5."""
    binary = [2**i for i in range(period.bit_length() + 1)]
    decimal = [d * 10**i for i in range(len(str(period)) + 1) for d in (1, 2, 5)]
    even = [step for step in binary if period % step == 0]
    return binary if even and even[-1] * 16 >= period else decimal
