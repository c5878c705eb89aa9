"""Is there a schedule at one II? Asked many times, of problems that differ little."""

from __future__ import annotations

from dataclasses import dataclass, field

from twill.explanation import Answer
from twill.problem import Problem
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.impossible import impossible

WORK = 6_000_000
"""Z3's deterministic work for one question; forward attention on a B200 takes a million."""


@dataclass
class Oracle:
    """Answers within a clock's time; ``found`` keeps the last schedule of each problem asked.

    An answer is arithmetic where that suffices, else an engine's. ``unknown`` says neither.
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
        """CP-SAT at a glance, then Z3: what is hard for one is often easy for the other."""
        from twill.solver.minimal_ii import Search
        from twill.solver.smt.engine import Limit, decide

        search = Search(problem, ii, self.clock)
        answer = search.glance(ii)
        if answer == "unknown":
            answer = search.look(ii)
        if search.best is not None:
            self.starts, self.roles = search.best.start, search.best.role
            return "feasible"
        if answer == "infeasible":
            return "infeasible"
        limit = Limit(self.clock.left, WORK, self.clock.options.seed)
        decision = decide(problem, ii, limit, self.clock.stop)
        if decision.assignment is not None:
            self.starts, self.roles = decision.assignment.start, decision.assignment.role
        return decision.answer
