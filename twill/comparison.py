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

    ``low`` is None where none exists; ``why`` then says why. ``proof`` is the word of coverage.
    """

    low: int | None
    high: int | None
    proof: str
    why: str = ""

    @property
    def exact(self) -> bool:
        """Whether the II is known."""
        return self.high is not None and self.low == self.high

    def __str__(self) -> str:
        if self.low is None:
            return "none"
        if self.high is None:
            return f"at least {self.low}"
        return str(self.high) if self.exact else f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Column:
    """A role of one side: its ``steps`` in issue order, ``S[m0]@+1``, a group in one string.

    The bodies of both sides are cut where theirs begins, as far as that is the same stream.
    """

    name: str
    warps: int
    registers: int | None
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """The smallest II under ``what``: a part of their structure that is fixed, or a control."""

    what: str
    ii: Range


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours beside the other's: ``word`` is what it comes to, ``sentence`` says it in full.

    ``ours`` and ``theirs`` are titles; ``pairing`` says on what problem, with which granularity.
    ``their_schedule``: the best one with their structure, if one was found. ``our_roles`` and
    ``their_roles`` are paired by position as far as they correspond. ``costs``: the II with more
    and more of their structure fixed, from nothing to everything. ``controls``: the II of problems
    in which something is taken away that both use. ``published``: speeds that others measured,
    with their conditions, to be quoted and not compared.
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
    our_roles: tuple[Column, ...] = ()
    their_roles: tuple[Column, ...] = ()
    costs: tuple[Cost, ...] = ()
    controls: tuple[Cost, ...] = ()
    published: tuple[str, ...] = ()
    expert: str = ""
    """The name of the expert's file, empty where both sides are schedules."""
