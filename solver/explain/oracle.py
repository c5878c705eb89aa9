"""Is there a schedule at one II? Asked many times, of problems that differ little."""

from __future__ import annotations

from dataclasses import dataclass, field

from twill.explanation import Answer
from twill.problem import Problem
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.impossible import impossible

TURNS = 2
"""Turns of the search for one question; each doubles the effort of the one before."""


@dataclass
class Oracle:
    """Answers within a clock's time; ``found`` keeps the last schedule of each problem asked.

    An answer is arithmetic where that suffices, else CP-SAT's. ``unknown`` says neither.
    """

    clock: Clock
    asked: int = 0
    starts: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)

    def answer(self, problem: Problem, ii: int) -> Answer:
        """Whether the problem has a schedule at this II; its starts and roles are kept."""
        self.asked += 1
        if impossible(problem) is not None:
            return "infeasible"
        least = bounds(problem).ii
        if least is None or least > ii:
            return "infeasible"
        return self._search(problem, ii)

    def _search(self, problem: Problem, ii: int) -> Answer:
        from twill.solver.minimal_ii import Search

        search = Search(problem, 1, self.clock)
        answer = search.decide(ii, TURNS)
        if search.best is not None:
            self.starts, self.roles = search.best.start, search.best.role
            return "feasible"
        return "infeasible" if answer == "infeasible" else "unknown"
