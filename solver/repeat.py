"""Looks for a schedule that repeats that of one sub-tile; what it finds is verified at once."""

from __future__ import annotations

from collections.abc import Mapping

from twill.problem import Problem
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment, Run, Way, run
from twill.solver.cpsat.folding import build_folded
from twill.solver.fold import folded, sub_tiles
from twill.solver.holds import holds
from twill.solver.paths import critical_path

EFFORT = 0.2
"""Deterministic work of a run; where there is such a schedule, most take a tenth of it."""


class Repeater:
    """The sub-tiles of one problem, and schedules that start them evenly spread."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        free = not problem.requirements.any
        self.images: tuple[Mapping[str, str], ...] = sub_tiles(problem) if free else ()

    def find(self, ii: int) -> Assignment | None:
        """A schedule at ``ii``, or at the next II that the sub-tiles divide evenly."""
        turns = len(self.images)
        if turns < 2:
            return None
        fold = folded(self.problem, self.images, -(-ii // turns) * turns)
        path = critical_path(fold.part)
        for together in dict.fromkeys((self.problem.roles is not None, False)):
            model = build_folded(fold, path + path // 4 + fold.ii, together)
            how = Run(self.clock.left, EFFORT, self.clock.options.seed, Way(linear=0))
            result = run(model, how, self.clock.stop)
            self.clock.work += result.work
            if result.assignment is not None:
                found = result.assignment
                whole = Assignment(fold.ii, *fold.repeated(found.raw_start, found.role))
                if holds(self.problem, whole):
                    return whole
        return None
