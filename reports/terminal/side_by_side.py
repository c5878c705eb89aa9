"""Two structures side by side: for each role what it does in ours, and in theirs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from twill.comparison import Column
from twill.reports.structures import STRUCTURES, budget, rows, tile_of, title, without
from twill.reports.terminal.page import Line, Page, Span, clip, heading, length

GAP = 3
LEAST = 44
"""Columns that a pair of roles needs."""


def side_by_side(page: Page, ours: Sequence[Column], theirs: Sequence[Column]) -> list[Line]:
    """As many pairs of roles next to each other as there is room for."""
    pairs = list(zip(ours, theirs, strict=True))
    if not pairs:
        return []
    lines = heading(page, *STRUCTURES)
    across = max(1, min(len(pairs), (page.width - 2 + GAP) // (LEAST + GAP)))
    width = min(60, (page.width - 2 + GAP) // across - GAP)
    for start in range(0, len(pairs), across):
        blocks = [_block(page, *pair, width) for pair in pairs[start : start + across]]
        lines += [()] if start else []
        for row in zip_longest(*blocks, fillvalue=()):
            lines.append(_joined(row, width))
    return lines


def _joined(row: Sequence[Line], width: int) -> Line:
    spans: list[Span] = [Span("  ")]
    for cell in row:
        spans += [*cell, Span(" " * (width - length(cell) + GAP))]
    return tuple(spans)


def _block(page: Page, ours: Column, theirs: Column, width: int) -> list[Line]:
    """A pair of roles: two titles and their steps, what is the same in one line."""
    half = (width - 1) // 2
    tile = tile_of(ours, theirs)
    lines: list[Line] = [
        _halves(page, (title(ours, tile), title(theirs, tile)), half, "bold name"),
        _halves(page, (budget(ours), budget(theirs)), half, "dim"),
    ]
    for left, right, same in rows(ours, theirs):
        texts = (without(left, tile), without(right, tile))
        lines.append(_halves(page, texts, half, "" if same else "warn"))
    return lines


def _halves(page: Page, texts: tuple[str, str], half: int, style: str) -> Line:
    left, right = (clip(page.plain(text), half) for text in texts)
    return (Span(left, style), Span(" " * (half - len(left) + 1)), Span(right, style))
