"""What a comparison may solve, and with what; outcomes as ranges of the II."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from twill.comparison import Range
from twill.problem import Problem
from twill.schedule import Feasible, Infeasible, Optimal, Outcome, Reason, Schedule, Unknown
from twill.solver.bounds import bounds
from twill.solver.options import SolveOptions
from twill.solver.search import solve

Solve = Callable[[Problem, SolveOptions, Schedule | None], Outcome]
"""Finds the best schedule of a problem; the schedule is one to begin with."""


LEAST_S = 0.1
"""Seconds below which no search is begun: building its models takes longer."""


def _plainly(problem: Problem, options: SolveOptions, known: Schedule | None) -> Outcome:
    return solve(problem, options, known=known)


@dataclass(frozen=True, slots=True)
class Control:
    """A problem in which something is missing that both kernels use: slower, if it matters."""

    what: str
    problem: Problem


@dataclass(frozen=True)
class Asked:
    """How long to search and what for.

    ``options.time_limit``: seconds for everything. ``deep``: also what each part of the structure
    costs, whether it is unique, and controls; without it only what the word needs. ``controls``:
    problems that the caller made (without sub-tiles, say).
    """

    options: SolveOptions = field(default_factory=SolveOptions)
    deep: bool = True
    controls: tuple[Control, ...] = ()
    run: Solve = _plainly
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left of the time limit."""
        return max(0.0, self.began + self.options.time_limit - time.monotonic())

    def whole(self, problem: Problem, share: float, known: Schedule | None = None) -> Outcome:
        """The best schedule in all levels, within a share of the time that is left."""
        options = replace(self.options, time_limit=share * self.left)
        return self._run(problem, options, known)

    def quick(
        self,
        problem: Problem,
        share: float,
        known: Schedule | None = None,
        most: float = float("inf"),
        proof: bool = False,
    ) -> Outcome:
        """The smallest II alone, within a share of the time that is left, and ``most`` seconds.

        ``proof``: with a refutation that can be checked, if one is found.
        """
        seconds = min(most, share * self.left)
        limit = self.options.proof_limit if proof else 0
        options = replace(self.options, time_limit=seconds, proof_limit=limit, levels=())
        return self._run(problem, options, known)

    def _run(self, problem: Problem, options: SolveOptions, known: Schedule | None) -> Outcome:
        if options.time_limit > LEAST_S:
            return self.run(problem, options, known)
        low = bounds(problem).ii
        if low is None:
            return Infeasible(Reason("no II has room for its orders"), "proved by arithmetic")
        return Unknown(Reason("no time was left"), low)


def range_of(outcome: Outcome) -> Range:
    """The II of an outcome."""
    match outcome:
        case Optimal(schedule):
            return Range(schedule.ii, schedule.ii, schedule.proof)
        case Feasible(schedule):
            return Range(schedule.ii_lower_bound, schedule.ii, "not proved")
        case Infeasible(reason, proof):
            return Range(None, None, proof, reason.summary)
    return Range(outcome.ii_lower_bound, None, "not proved", outcome.reason.summary)


def at_least(found: Range, other: Range) -> Range:
    """The range of a narrower problem: its II is no smaller than that of the wider one."""
    if found.low is None or other.low is None or found.low >= other.low:
        return found
    low = other.low
    proof = other.proof if found.high == low else found.proof
    return replace(found, low=low, proof=proof)


def at_most(found: Range, other: Range) -> Range:
    """The range of a wider problem: a schedule of the narrower one is one of it."""
    if other.high is None or (found.high is not None and found.high <= other.high):
        return found
    exact = found.low == other.high
    return replace(found, high=other.high, proof=other.proof if exact else found.proof, why="")


def schedule_of(outcome: Outcome) -> Schedule | None:
    """The schedule of an outcome, if there is one."""
    return getattr(outcome, "schedule", None)
