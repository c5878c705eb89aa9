"""The smallest feasible II: probe the bound, gallop up, bisect down.

A probe answers feasible, infeasible or unknown. Only a probe of the whole model (all roles,
any length within the stage limit) may answer infeasible; an unknown leaves a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

from twill.problem import Problem
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Run, run
from twill.solver.cpsat.model import build
from twill.solver.lemmas import horizon, monotone
from twill.solver.paths import critical_path

FIRST_EFFORT = 4.0
TIGHT_EFFORT = 2.0
"""Deterministic work of the first try at a probe; later tries double it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best assignment, and the largest II below which nothing is feasible.

    ``lower_bound`` is proved; ``refuted`` are the IIs whose models were refuted for it.
    ``nowhere``: proved infeasible at every II.
    """

    assignment: Assignment | None
    lower_bound: int
    refuted: tuple[int, ...]
    nowhere: bool = False


class Search:
    """One search for the smallest II of one problem."""

    def __init__(self, problem: Problem, lower_bound: int, clock: Clock) -> None:
        self.problem = problem
        self.clock = clock
        self.low = lower_bound
        self.monotone = monotone(problem)
        self.horizon = horizon(problem)
        self.refuted: list[int] = []
        self.best: Assignment | None = None
        self.path = critical_path(problem)

    def run(self) -> Found:
        """Search until the minimum is proved or the clock is over."""
        if not self._gallop():
            return self._found(nowhere=True)
        if self.monotone:
            self._bisect()
        else:
            self._scan()
        return self._found()

    def _found(self, nowhere: bool = False) -> Found:
        return Found(self.best, self.low, tuple(self.refuted), nowhere)

    def _gallop(self) -> bool:
        """Upwards from the bound until a schedule is found; False if there is none at all."""
        ii, step = self.low, 1
        while not self.clock.over:
            answer = self._probe(ii)
            if answer == "feasible":
                return True
            if answer == "infeasible" and ii >= self.horizon and self._all_below_refuted(ii):
                return False
            ii = min(ii + step, max(self.horizon, ii + 1))
            step *= 2
        return True

    def _all_below_refuted(self, ii: int) -> bool:
        """Whether an infeasible probe at the horizon excludes every II."""
        return self.monotone or self.low > ii

    def _bisect(self) -> None:
        """Between the highest refuted and the lowest feasible II."""
        unknown: set[int] = set()
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            candidates = range(self.low, self.best.ii)
            middle = self.best.ii - 1 if unknown else (self.low + self.best.ii - 1) // 2
            above = [ii for ii in unknown if ii in candidates]
            if above:
                middle = (max(above) + self.best.ii) // 2
            if middle in unknown:
                middle = max(above)
                self._probe(middle, patient=True)
                unknown.discard(middle)
                continue
            if self._probe(middle) == "unknown":
                unknown.add(middle)

    def _scan(self) -> None:
        """Without monotonicity every II below the best needs its own refutation."""
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            if self._probe(self.low, patient=True) == "unknown":
                return

    def _probe(self, ii: int, patient: bool = False) -> Answer:
        """Decide one II: shorter schedules first, then the whole model with growing effort."""
        self._tell(ii)
        if self._try(ii, TIGHT_EFFORT, tight=True) == "feasible":
            return "feasible"
        effort = FIRST_EFFORT
        while not self.clock.over:
            answer = self._try(ii, effort, tight=False)
            if answer != "unknown":
                return answer
            if effort > 16 * FIRST_EFFORT and not patient:
                return "unknown"
            effort *= 2
        return "unknown"

    def _try(self, ii: int, effort: float, tight: bool) -> Answer:
        """One run of the engine; a tight one bounds the length and can only find."""
        model = build(self.problem, ii)
        if tight:
            model.space.cp.add(model.space.length <= self.path + self.path // 4 + ii)
        options = self.clock.options
        how = Run(self.clock.left, options.seed, options.workers, effort, linear=0 if tight else None)
        result = run(model, how, self.clock.stop)
        self.clock.work += result.work
        if result.assignment is not None:
            self._keep(result.assignment)
            return "feasible"
        if result.answer == "infeasible" and not tight:
            self._refute(ii)
            return "infeasible"
        return "unknown"

    def _keep(self, assignment: Assignment) -> None:
        if self.best is None or assignment.ii < self.best.ii:
            self.best = assignment

    def _refute(self, ii: int) -> None:
        self.refuted.append(ii)
        if self.monotone:
            self.low = max(self.low, ii + 1)
        while self.low in self.refuted:
            self.low += 1

    def _tell(self, ii: int) -> None:
        incumbent = f"II {self.best.ii}" if self.best else "-"
        self.clock.tell("smallest II", ii, incumbent, f"II >= {self.low}")
