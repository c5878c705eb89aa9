"""How a schedule is spoken of: iteration offsets, labels and symbols of its operations.

In one steady-state period the operations of several iterations run side by side. The
oldest of them is iteration ``i``, written ``@+0``; the newest has the largest offset. An
operation of stage s works on iteration i + (last stage - s).
"""

from __future__ import annotations

import re
import string
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from twill.accounting import Usage
from twill.display import Displayed
from twill.problem import Problem
from twill.schedule import Placement, Schedule


@dataclass(frozen=True)
class View(Displayed):
    """A schedule of a problem, with the words that every section uses for it."""

    problem: Problem
    schedule: Schedule

    @cached_property
    def usage(self) -> Usage:
        """What the schedule uses, by the accounting that it was verified with."""
        start = {name: place.start for name, place in self.schedule.ops.items()}
        role = {n: place.role for n, place in self.schedule.ops.items() if place.role is not None}
        return Usage(self.problem, self.schedule.ii, start, role)

    @cached_property
    def last_stage(self) -> int:
        """The stage of the oldest iteration in a period."""
        return max((place.stage for place in self.schedule.ops.values()), default=0)

    @cached_property
    def first_stage(self) -> int:
        """The stage of the newest iteration in a period; 0 unless nothing starts before."""
        return min((place.stage for place in self.schedule.ops.values()), default=0)

    @property
    def span(self) -> int:
        """How many iterations are under way in a period."""
        return self.last_stage - self.first_stage + 1

    @cached_property
    def index(self) -> dict[str, int]:
        """The position of every operation in the problem."""
        return {op.name: i for i, op in enumerate(self.problem.ops)}

    def place(self, op: str) -> Placement:
        """Where the schedule puts an operation."""
        return self.schedule.ops[op]

    def offset(self, op: str) -> int:
        """How many iterations ahead of the oldest one an operation works."""
        return self.last_stage - self.place(op).stage

    def label(self, op: str, shift: int = 0) -> str:
        """``op@+k``; ``shift`` moves the iteration, as for a value read from the past."""
        return f"{op}@{self.offset(op) + shift:+d}"

    @cached_property
    def _shorts(self) -> dict[str, str]:
        """Names of sub-tiles without dimensions, where that leaves them apart: S[m0] is S0."""
        names = {op.name for op in self.problem.ops}
        shorts: dict[str, str] = {}
        for name in names:
            match = re.fullmatch(r"(.+)\[([a-z_0-9,]+)\]", name)
            if match:
                places = (re.sub(r"^.*?(?=\d+$)", "", part) for part in match[2].split(","))
                shorts[name] = match[1] + ".".join(places)
        taken = Counter([*shorts.values(), *names])
        return {name: short for name, short in shorts.items() if taken[short] == 1}

    def short(self, op: str) -> str:
        """The shortest name of an operation that can be recognised."""
        return self._shorts.get(op, op)

    def symbol(self, op: str) -> str:
        """A short mark for an operation, unique within the problem."""
        return symbol(self.index[op], len(self.problem.ops))


def symbol(index: int, count: int) -> str:
    """The ``index``-th of ``count`` marks: one letter, or several where letters run out."""
    letters = string.ascii_letters
    size = 1
    while len(letters) ** size < count:
        size += 1
    mark = ""
    for _ in range(size):
        index, digit = divmod(index, len(letters))
        mark = letters[digit] + mark
    return mark
