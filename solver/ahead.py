"""Deciding the further levels of a schedule while the search below it still runs.

Whether the II below is refuted is up to another process, and this one has nothing to do. What
comes of it counts if the search ends with that schedule; otherwise it is forgotten. So the
outcome is that of one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from twill.problem import Problem
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment
from twill.solver.improve import improve
from twill.solver.options import Progress, Stop
from twill.solver.rounds import Best


@dataclass(frozen=True, slots=True)
class Running:
    """What is being decided, with a clock of its own."""

    assignment: Assignment
    clock: Clock
    best: Future[Best]
    forget: Callable[[], None]


class Ahead:
    """The levels of at most one schedule, decided in a thread; a context that ends it."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        self.pool = ThreadPoolExecutor(1)
        self.running: Running | None = None
        self.wanted = False

    def __enter__(self) -> Self:
        """Nothing runs yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing runs any more."""
        self.drop()
        self.pool.shutdown()

    def begin(self, assignment: Assignment) -> None:
        """Decide the levels of this schedule, unless there is only one worker to do it."""
        if self.clock.options.workers < 2 or self._of(assignment) is not None:
            return
        self.drop()
        clock = Clock(self.clock.options, Stop(), self._tell, self.clock.started)
        forget = self.clock.stop.watch(clock.stop.request)
        best = self.pool.submit(improve, self.problem, assignment, clock)
        self.running = Running(assignment, clock, best, forget)

    def drop(self) -> None:
        """It is not needed."""
        if self.running is not None:
            self.running.clock.stop.request()
            self.running.forget()
            self.running.best.cancel()
            self.running = None

    def best(self, assignment: Assignment) -> Best:
        """The best schedule at the II of this one, in all levels."""
        running = self._of(assignment)
        if running is None:
            self.drop()
            return improve(self.problem, assignment, self.clock)
        self.wanted = True
        found = running.best.result()
        running.forget()
        self.clock.work += running.clock.work
        self.running = None
        return found

    def _tell(self, progress: Progress) -> None:
        """Report progress once somebody waits for it; until then the search has the word."""
        if self.wanted and self.clock.on_progress is not None:
            self.clock.on_progress(progress)

    def _of(self, assignment: Assignment) -> Running | None:
        """What runs, if it is this schedule's."""
        same = self.running is not None and self.running.assignment is assignment
        return self.running if same else None
