"""What the joint system has for an answer: a modulo schedule and a warp assignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["sat", "unsat", "unknown"]


@dataclass(frozen=True, slots=True)
class Solution:
    """A modulo schedule M* and a warp assignment A*: the places of each operation."""

    ii: int
    length: int
    copies: int
    start: Mapping[str, int]
    places: Mapping[str, tuple[int, ...]]
