"""What a report is about, whatever it is written as: HTML, Markdown, JSON, a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from twill.comparison import Comparison
from twill.costs import CostLine
from twill.display import Displayed
from twill.explanation import Explanation
from twill.loop import Loop
from twill.lower.events import Timing
from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.view import View
from twill.schedule import Outcome, Schedule
from twill.solver.bounds import Bounds


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that the result rests on: where it is from, and how far it is to be trusted.

    ``source`` are the short keys of its sources, ``citation`` what they stand for.
    """

    name: str
    value: str
    source: str
    confidence: str
    note: str = ""
    citation: str = ""

    @property
    def cited(self) -> list[tuple[str, str]]:
        """The keys of the source with their citations, one by one where both are lists."""
        keys, citations = self.source.split(", "), self.citation.split("; ")
        if not self.citation:
            return []
        if len(keys) != len(citations):
            return [(self.source, self.citation)]
        return list(zip(keys, citations, strict=True))


@dataclass(frozen=True)
class Content(Displayed):
    """A problem, its outcome, and what was asked about it besides.

    ``explanation``: limits and faster units, if they were asked for; ``comparisons``: with
    experts' kernels, if there are any; ``assumptions``: of the machine. ``timing``: what the
    lowered program does; ``loop`` and ``costs`` (by operation) where the problem was elaborated.
    """

    problem: Problem
    outcome: Outcome
    bounds: Bounds
    context: Context
    explanation: Explanation | None = None
    comparisons: tuple[Comparison, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    timing: Timing | None = None
    loop: Loop | None = None
    costs: Mapping[str, tuple[CostLine, ...]] = field(default_factory=dict)

    @property
    def schedule(self) -> Schedule | None:
        """The schedule found, if one was."""
        return getattr(self.outcome, "schedule", None)

    @cached_property
    def view(self) -> View | None:
        """The schedule with the words for it."""
        return View(self.problem, self.schedule) if self.schedule is not None else None
