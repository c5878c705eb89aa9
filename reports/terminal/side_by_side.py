"""Two structures side by side: for each role what it does in ours, and in theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from twill.comparison import Column
from twill.reports.terminal.page import Line, Page, Span, clip, heading, length

GAP = 3
LEAST = 44
"""Columns that a pair of roles needs."""

Row = tuple[str, str, bool]
"""What stands left and right, and whether it is the same."""


def side_by_side(page: Page, ours: Sequence[Column], theirs: Sequence[Column]) -> list[Line]:
    """As many pairs of roles next to each other as there is room for."""
    pairs = list(zip(ours, theirs, strict=True))
    if not pairs:
        return []
    note = "ours left, theirs right; x@+1: x of the next iteration; ┆ in any order"
    lines = heading(page, "Structures", note)
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
    tile = _common(ours.steps + theirs.steps)
    lines: list[Line] = [
        _halves(page, (_title(ours, tile), _title(theirs, tile)), half, "bold name"),
        _halves(page, (_budget(ours), _budget(theirs)), half, "dim"),
    ]
    for left, right, same in _rows(ours, theirs):
        texts = (_without(left, tile), _without(right, tile))
        lines.append(_halves(page, texts, half, "" if same else "warn"))
    return lines


def _halves(page: Page, texts: tuple[str, str], half: int, style: str) -> Line:
    left, right = (clip(page.plain(text), half) for text in texts)
    return (Span(left, style), Span(" " * (half - len(left) + 1)), Span(right, style))


def _title(column: Column, tile: str) -> str:
    if not column.steps:
        return "no such role"
    return column.name if not tile or tile in column.name else f"{column.name} [{tile}]"


def _budget(column: Column) -> str:
    if not column.steps:
        return ""
    plural = "" if column.warps == 1 else "s"
    registers = "" if column.registers is None else f", {column.registers} registers"
    return f"{column.warps} warp{plural}{registers}"


def _rows(ours: Column, theirs: Column) -> list[Row]:
    """The steps of both, those in common on one line."""
    left = _steps(ours, ())
    right = _steps(theirs, [step for step, _ in left])
    matcher = SequenceMatcher(None, [s for s, _ in left], [s for s, _ in right], autojunk=False)
    rows: list[Row] = []
    for kind, i, end, j, last in matcher.get_opcodes():
        for one, other in zip_longest(left[i:end], right[j:last], fillvalue=("", False)):
            rows.append((_marked(one), _marked(other), kind == "equal"))
    return rows


def _steps(column: Column, like: Sequence[str]) -> list[tuple[str, bool]]:
    """The steps one by one, each with whether its group is larger; a group in the order of like."""
    place = {step: number for number, step in enumerate(like)}
    found = []
    for group in column.steps:
        steps = sorted(group.split(", "), key=lambda step: place.get(step, len(place)))
        found += [(step, len(steps) > 1) for step in steps]
    return found


def _marked(step: tuple[str, bool]) -> str:
    return f"┆{step[0]}" if step[1] else (f" {step[0]}" if step[0] else "")


def _common(steps: Sequence[str]) -> str:
    """The sub-tile that all steps are of, so that it need not be said with each."""
    tiles = {index for step in steps for index in re.findall(r"\[([^\]]*)\]", step)}
    named = all("[" in each for step in steps for each in step.split(", "))
    return tiles.pop() if named and len(tiles) == 1 else ""


def _without(step: str, tile: str) -> str:
    return step.replace(f"[{tile}]", "") if tile else step
