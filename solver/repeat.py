"""Looks for a schedule that repeats that of one sub-tile; what it finds is verified at once."""

from __future__ import annotations

from collections.abc import Mapping

from twill.formats.canonical import problem_digest
from twill.problem import Problem
from twill.solver.assemble import Claim, assemble
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment, Run, Way, run
from twill.solver.cpsat.folding import build_folded
from twill.solver.fold import folded, sub_tiles
from twill.solver.paths import critical_path
from twill.verify import verify

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
                if self._holds(whole):
                    return whole
        return None

    def _holds(self, found: Assignment) -> bool:
        """Whether the whole schedule breaks nothing: sharing out memories and roles is a guess."""
        limits = self.problem.roles
        if limits is not None and len(set(found.role.values())) > limits.max_roles:
            return False
        claim = Claim("feasible", 1, "not proved")
        digest = problem_digest(self.problem)
        schedule = assemble(self.problem, digest, found.ii, found.start, found.role, claim)
        return not verify(self.problem, schedule)
