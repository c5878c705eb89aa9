"""Two structures side by side: the roles of both, and their steps, those in common on one row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from twill.comparison import Column

STRUCTURES = (
    "Structures",
    "ours left, theirs right; x@+1: x of the next iteration; ┆ in any order",
)

Row = tuple[str, str, bool]
"""What stands left and right, and whether it is the same."""


def title(column: Column, tile: str) -> str:
    """The name of a role, with the sub-tile that it works on."""
    if not column.steps:
        return "no such role"
    return column.name if not tile or tile in column.name else f"{column.name} [{tile}]"


def budget(column: Column) -> str:
    """Its warps and registers; empty where there is no such role."""
    if not column.steps:
        return ""
    plural = "" if column.warps == 1 else "s"
    registers = "" if column.registers is None else f", {column.registers} registers"
    return f"{column.warps} warp{plural}{registers}"


def rows(ours: Column, theirs: Column) -> list[Row]:
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


def tile_of(ours: Column, theirs: Column) -> str:
    """The sub-tile that all steps are of, so that it need not be said with each."""
    steps = ours.steps + theirs.steps
    tiles = {index for step in steps for index in re.findall(r"\[([^\]]*)\]", step)}
    named = all("[" in each for step in steps for each in step.split(", "))
    return tiles.pop() if named and len(tiles) == 1 else ""


def without(step: str, tile: str) -> str:
    """A step without the sub-tile that is said once for all."""
    return step.replace(f"[{tile}]", "") if tile else step
