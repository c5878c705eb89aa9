"""What a comparison of two structures says, criterion by criterion.

The criteria are those of ``docs/comparing.md``: C1 roles, C2 iteration offsets, C3 orders, C4
synchronisation, C5 ring depths, C6 the II under one cost model, C7 uniqueness, C8 resources,
C9 scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twill.schedule import Schedule

Answer = Literal["same", "different", "not decided", "not comparable"]
Word = Literal[
    "rediscovered", "tie", "better in the model", "worse", "not decided", "not comparable"
]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: ``answer``, and the evidence, a sentence each."""

    id: str
    title: str
    answer: Answer
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """An II: proved where both ends are equal; ``high`` is None where no schedule was found.

    ``proof`` is the word of coverage. ``why`` says why there is none, if it is infeasible.
    """

    low: int | None
    high: int | None
    proof: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours beside the other's: ``word`` is what it comes to, ``sentence`` says it in full.

    ``ours`` and ``theirs`` are titles; ``pairing`` says on what problem, with which granularity.
    ``their_schedule``: the best one with their structure, if one was found.
    """

    ours: str
    theirs: str
    pairing: str
    problem_sha256: str
    word: Word
    sentence: str
    our_ii: Range
    their_ii: Range
    criteria: tuple[Criterion, ...]
    their_schedule: Schedule | None = None
    notes: tuple[str, ...] = ()
