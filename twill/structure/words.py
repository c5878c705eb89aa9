"""Operations and sub-tiles in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twill.expert_match import index_of, value_of
from twill.problem import Problem


def compact(names: Iterable[str], every: Sequence[str]) -> str:
    """All slices of a value are the value, all of one row of it ``value[m0]``."""
    mine = list(names)
    left = set(mine)
    said: dict[str, None] = {}
    for name in mine:
        value, index = value_of(name), index_of(name)
        slices = [other for other in every if value_of(other) == value]
        row = [other for other in slices if index_of(other)[:1] == index[:1]]
        if left.issuperset(slices):
            said[value] = None
        elif index and left.issuperset(row):
            said[f"{value}[{index[0]}]"] = None
        else:
            said[name] = None
    return ", ".join(said)


def several(problem: Problem, names: Iterable[str]) -> str:
    """Operations of a problem, in its order, as compactly as possible."""
    wanted = set(names)
    every = [op.name for op in problem.ops]
    return compact([name for name in every if name in wanted], every)


def alike_in(what: str, names: Iterable[str], strange: Iterable[str]) -> str:
    """In which sub-tiles no operation is among the strange ones, where that is so for some."""
    tiles = {index_of(name)[0]: None for name in names if index_of(name)}
    wrong = {index_of(name)[0] for name in strange if index_of(name)}
    alike = [tile for tile in tiles if tile not in wrong]
    if not wrong or not alike:
        return ""
    return f"the same {what} in {len(alike)} of {len(tiles)} sub-tiles: {', '.join(alike)}"


def plural(count: int, one: str) -> str:
    """``1 operation``, ``3 operations``."""
    return f"{count} {one}{'' if count == 1 else 's'}"


__all__ = ["alike_in", "compact", "index_of", "plural", "several", "value_of"]
