"""The notation of a step in an expert's order: a value, its sub-tile, an iteration."""

from __future__ import annotations

import re

from twill.expert import Step

_STEP = re.compile(
    r"(?P<value>[A-Za-z_][A-Za-z0-9_.\-]*)"
    r"(\[(?P<index>[a-z_]+\d+(,[a-z_]+\d+)*)\])?"
    r"(@(?P<offset>[+-]?\d{1,6}))?\Z",
    re.ASCII,
)

MOST_DISTANT = 64
"""No kernel runs an operation so many iterations from its body's own."""

FORM = "write NAME@OFFSET, such as S@0, K@+1 or S[m0]@-1"


def parse_step(text: str) -> Step | str:
    """The step that ``text`` is (``S[m0]@+1``), or what is wrong with it."""
    match = _STEP.match(text)
    if match is None:
        return f"'{text[:60]}' is no step"
    if match["offset"] is None:
        return f"'{text[:60]}' does not say which iteration"
    offset = int(match["offset"])
    if abs(offset) > MOST_DISTANT:
        return f"'{text[:60]}' is more than {MOST_DISTANT} iterations away"
    index = match["index"]
    return Step(match["value"], offset, tuple(index.split(",")) if index else ())


def overlap(one: Step, other: Step) -> bool:
    """Whether two steps have slices in common: no dimension sets them apart."""
    if one.value != other.value:
        return False
    mine, its = _by_dimension(one), _by_dimension(other)
    return all(mine[d] == its[d] for d in mine.keys() & its.keys())


def dimensions(step: Step) -> tuple[str, ...]:
    """The dimensions of a step's sub-tile, as tile parameters: ``M`` of ``m0``."""
    return tuple(d.upper() for d in _by_dimension(step))


def _by_dimension(step: Step) -> dict[str, str]:
    return {part.rstrip("0123456789"): part for part in step.index}
