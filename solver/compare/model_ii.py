"""C6: the II under one cost model, and what else their best schedule is like."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from twill.comparison import Answer, Cost, Criterion, Range
from twill.schedule import Level, Schedule


def ii_answer(ours: Range, theirs: Range) -> Answer:
    """Whether both IIs are equal, as far as that is known."""
    if theirs.low is None:
        return "not comparable"
    if ours.high is None or theirs.high is None:
        decided = ours.high is not None and ours.high < theirs.low
        return "different" if decided else "not decided"
    if ours.high < theirs.low or theirs.high < ours.high:
        return "different"
    return "same" if theirs.exact else "not decided"


def ii_criterion(
    ours: Range,
    theirs: Range,
    schedule: Schedule | None,
    other: Schedule | None,
    costs: Sequence[Cost],
) -> Criterion:
    """C6 with its evidence: IIs, the part of the structure that costs something, levels."""
    evidence = [f"ours {ours} ({ours.proof}), theirs {theirs} ({theirs.proof})"]
    if theirs.why:
        evidence.append(theirs.why)
    evidence += _first_cost(costs)
    if schedule is not None and other is not None:
        evidence += _levels(schedule.objective, other.objective)
    return Criterion("C6", "II under one cost model", ii_answer(ours, theirs), tuple(evidence))


def _first_cost(costs: Sequence[Cost]) -> list[str]:
    """The first part of the structure that is known to cost cycles, or to be impossible."""
    for before, after in pairwise(costs):
        if after.ii.low is None and before.ii.low is not None:
            return [f"impossible once their {after.what} are fixed"]
        if before.ii.high is not None and after.ii.low is not None:
            more = after.ii.low - before.ii.high
            if more > 0:
                return [f"at least {more} cycles more once their {after.what} are fixed"]
    return []


def _levels(ours: Sequence[Level], theirs: Sequence[Level]) -> list[str]:
    """The further levels in which the two differ, each with both values."""
    other = {level.name: level for level in theirs}
    told = []
    for level in ours:
        match = other.get(level.name)
        if level.name == "ii" or match is None or match.value == level.value:
            continue
        name = level.name.replace("_", " ")
        told.append(f"{name}: {_value(level)} beside {_value(match)} {match.unit}")
    return told


def _value(level: Level) -> str:
    return str(level.value) if level.proved else f"{level.value} (not proved)"
