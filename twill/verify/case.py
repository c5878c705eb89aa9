"""What a check is given and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twill.accounting import Usage
from twill.problem import Problem
from twill.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that a schedule breaks: its name, the numbers, the operations concerned."""

    constraint: str
    message: str
    ops: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.constraint}: {self.message}"


@dataclass(frozen=True)
class Case:
    """A problem, a claimed schedule of it, and what the schedule's starts and roles use."""

    problem: Problem
    schedule: Schedule
    usage: Usage


Check = Callable[[Case], Iterator[Violation]]
