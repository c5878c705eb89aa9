"""What an explanation says: why an II is out of reach, and what would bring it within.

The questions are answered by ``twill.solver.explain``; these are the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from twill.relaxation import Group
from twill.schedule import Feasible, Infeasible, Optimal, Outcome, Schedule

Answer = Literal["feasible", "infeasible", "unknown"]

COUNTS = ("stages", "roles")
"""Groups that only limit how many there are of something: nothing to be had from them alone."""

SPEEDS = (Fraction(5, 4), Fraction(3, 2), Fraction(2), Fraction(4))
"""Multiples of a unit's speed for which its II is told."""


@dataclass(frozen=True, slots=True)
class Core:
    """What forbids an II.

    ``answer``: whether the whole problem has a schedule there at all. ``groups``: together
    they forbid it. ``doubtful``: those of them that may not be needed, since with
    them lifted nothing was decided. Where none is doubtful the set is minimal: the groups of
    the set without any single one of them allow the II.
    """

    ii: int
    answer: Answer
    groups: tuple[Group, ...] = ()
    doubtful: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """Whether the II becomes possible without ``group``, and how much of a change will do.

    ``amount`` is in the reader's terms, empty where only all or nothing was asked;
    ``holds`` are the registers at the peak of the schedule that the change allows.
    ``also``: what still forbids the II where it stays impossible.
    """

    group: Group
    answer: Answer
    amount: str = ""
    holds: tuple[str, ...] = ()
    also: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """The smallest II lies in ``low`` to ``high``; ``high`` is None where none was found."""

    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        """Whether the II is known."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Row:
    """One constraint group: the II that it alone, and that all others without it allow.

    Alone means with the dependences, and, where it is about roles, with as many of them
    as there may be. None where it was not asked, or time was over.
    """

    group: Group
    alone: Interval | None
    without: Interval | None

    @property
    def asked(self) -> tuple[Interval | None, ...]:
        """What was asked: limits of numbers allow nothing by themselves."""
        return (self.without,) if self.group.kind in COUNTS else (self.alone, self.without)


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """The smallest II with one unit faster, speed by speed; None where time was over."""

    unit: str
    at: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found out. ``core`` is None where there is no II to explain."""

    outcome: Outcome
    core: Core | None
    remedies: tuple[Remedy, ...]
    rows: tuple[Row, ...]
    speeds: tuple[SpeedRow, ...]

    @property
    def schedule(self) -> Schedule | None:
        """The schedule that everything is compared with."""
        return schedule_of(self.outcome)

    @property
    def complete(self) -> bool:
        """Whether every question that was asked is decided."""
        intervals = [found for row in self.rows for found in row.asked]
        intervals += [at for row in self.speeds for at in row.at]
        answers = [remedy.answer for remedy in self.remedies]
        doubtful = False
        if self.core is not None:
            answers.append(self.core.answer)
            doubtful = bool(self.core.doubtful)
        solved = isinstance(self.outcome, Optimal | Infeasible)
        decided = solved and not doubtful and "unknown" not in answers
        return decided and all(found is not None and found.exact for found in intervals)


def schedule_of(outcome: Outcome) -> Schedule | None:
    """The schedule of an outcome, if it has one."""
    return outcome.schedule if isinstance(outcome, Optimal | Feasible) else None
