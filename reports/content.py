"""What a report is about, whatever it is written as: HTML, Markdown, JSON, a trace."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from twill.comparison import Comparison
from twill.display import Displayed
from twill.explanation import Explanation
from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.view import View
from twill.schedule import Outcome, Schedule
from twill.solver.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that the result rests on: where it is from, and how far it is to be trusted."""

    name: str
    value: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Content(Displayed):
    """A problem, its outcome, and what was asked about it besides.

    ``explanation``: limits and faster units, if they were asked for; ``comparisons``: with
    experts' kernels, if there are any; ``assumptions``: of the machine and the loop.
    """

    problem: Problem
    outcome: Outcome
    bounds: Bounds
    context: Context
    explanation: Explanation | None = None
    comparisons: tuple[Comparison, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    @property
    def schedule(self) -> Schedule | None:
        """The schedule found, if one was."""
        return getattr(self.outcome, "schedule", None)

    @cached_property
    def view(self) -> View | None:
        """The schedule with the words for it."""
        return View(self.problem, self.schedule) if self.schedule is not None else None
