"""The smallest feasible II: probe the bound, climb to a schedule, descend, refute just below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from twill.lemmas import horizon
from twill.problem import Problem
from twill.schedule import Refutation
from twill.solver.alone import alone
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Run, Way
from twill.solver.cpsat.model import build
from twill.solver.probes import SPARK_EFFORT, Probes
from twill.solver.role_seeds import RoleSeeds

if TYPE_CHECKING:
    from twill.solver.ahead import Ahead

PART_EFFORT = 1.0
"""Deterministic work of one run on one of equal sub-tiles alone, which bounds the whole."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best assignment, and the largest II below which nothing is feasible.

    ``lower_bound`` is proved; ``refuted`` are the IIs whose models were refuted for it, of
    ``refutations`` with a file that shows it. ``nowhere``: proved infeasible at every II.
    """

    assignment: Assignment | None
    lower_bound: int
    refuted: tuple[int, ...]
    nowhere: bool = False
    refutations: tuple[Refutation, ...] = ()


class Search(Probes):
    """One search for the smallest II of one problem, from a known schedule on if there is one."""

    def __init__(
        self,
        problem: Problem,
        lower_bound: int,
        clock: Clock,
        known: Assignment | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        super().__init__(problem, lower_bound, clock, ahead)
        self.horizon = horizon(problem)
        self.seeds = RoleSeeds(problem, clock)
        self.seeded = False
        self.raised = False
        if known is not None:
            self.keep(known)

    def run(self) -> Found:
        """Search until the minimum is proved or the clock is over."""
        if not self._climb():
            return self._found(nowhere=True)
        if self.monotone:
            self._refine()
        else:
            self._scan()
        return self._found()

    def _found(self, nowhere: bool = False) -> Found:
        shown = tuple(self.refutations)
        return Found(self.best, self.low, tuple(self.refuted), nowhere, shown)

    def _climb(self) -> bool:
        """Upwards from the bound until a schedule is found; False if there is none at all."""
        start = self.low
        if self.best is not None:
            if self.monotone and self.best.ii > start:
                self.easily(start)
            return True
        if self._seen(start):
            return True
        if self.hard and self._asked_upwards():
            return True
        if self.horizon in self.refuted:
            return self._exists_below(self.horizon)
        self._raise(2 * start)
        start = self.low
        if self._seeded():
            return True
        if start not in self.refuted and self.probe(start) == "feasible":
            return True
        if any(self.find(ii, 1) for ii in self._rungs(start)) or self.clock.over:
            return True
        answer = self.probe(max(start, self.horizon), patient=True)
        return answer != "infeasible" or self._exists_below(self.horizon)

    def _seen(self, start: int) -> bool:
        """Whether runs that are short find a schedule, at the bound or above."""
        if self.easily(start) or (start not in self.refuted and self.find(start, 0)):
            return True
        if any(self.easily(ii) for ii in self._rungs(start)):
            return True
        rungs = chain([start], self._rungs(start)) if self.hard else ()
        return any(self.look(ii) == "feasible" for ii in rungs)

    def _asked_upwards(self) -> bool:
        """Whether the search for refutations finds a schedule, at the bound or above."""
        answer: Answer = "infeasible"
        rungs = chain([self.low], self._rungs(self.low))
        while answer == "infeasible" and self.horizon not in self.refuted:
            answer = self.ask(next(rungs, self.horizon))
        return answer == "feasible"

    def _rungs(self, start: int) -> Iterator[int]:
        """Larger and larger IIs, as long as there is time."""
        step = max(1, start >> 6)
        while not self.clock.over and start + step < self.horizon:
            yield start + step
            step *= 2

    def _seeded(self) -> bool:
        """Once, where the quick ways have failed: whether known roles give a smaller II."""
        if self.seeded or not self.seeds.useful:
            return False
        self.seeded = True
        before = self.best
        found = self.seeds.below(self.low, before)
        if found is not None:
            self.keep(found)
        return self.best is not before

    def _exists_below(self, ii: int) -> bool:
        """Whether a refutation at the horizon leaves smaller IIs: only without monotonicity."""
        while not self.monotone and not self.clock.over and self.low < ii:
            if self.probe(self.low, patient=True) == "feasible":
                return True
        return not self.monotone and self.low <= ii

    def _refine(self) -> None:
        """Between the highest refuted and the lowest feasible II.

        With monotonicity one refutation just below the best excludes everything below. Where
        that is too hard at first, others raise the bound: of a part, and further down.
        """
        undecided: int | None = None
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            self._narrow()
            if self.best.ii - self.low > self.low >> 6 and self._seeded():
                continue
            self._settle()
            below = self.best.ii - 1
            if below < self.low:
                return
            self._raise(below)
            if undecided is None:
                self._refuted_upwards()
            if undecided is None or undecided <= self.low:
                if self.probe(below, patient=undecided is not None) == "unknown":
                    undecided = below
                continue
            undecided = min(undecided, below)
            middle = (self.low + undecided) // 2
            if self.probe(middle) == "unknown":
                undecided = middle

    def _settle(self) -> None:
        """Let the search for refutations find or refute: below the best, then in larger steps."""
        step = 1
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            ii = max(self.low, self.best.ii - step)
            answer = self.ask(ii)
            half = max(1, (self.best.ii - self.low + 1) // 2)
            if answer == "unknown" and step == 1:
                return
            step = {"feasible": min(2 * step, half), "infeasible": half}.get(answer, 1)

    def _refuted_upwards(self) -> None:
        """Let the search for refutations raise the bound: in larger steps, until it gives up."""
        step = 1
        while step and not self.clock.over and self.best is not None:
            if self.low + step >= self.best.ii:
                return
            answer = self.ask(self.low + step - 1)
            step = {"infeasible": 2 * step, "unknown": step // 4}.get(answer, 0)

    def _raise(self, top: int) -> None:
        """Once, raise the bound to what one of equal sub-tiles alone refutes below ``top``."""
        if self.raised or not self.monotone:
            return
        self.raised = True
        part = alone(self.problem)
        if part is None:
            return
        ways = (Way(linear=0), Way(linear=1))
        middle = top - 1
        while self.low < top and not self.clock.over:
            self.tell(middle)
            model, seed = build(part, middle), self.clock.options.seed
            runs = [(model, Run(self.clock.left, PART_EFFORT, seed, way)) for way in ways]
            if any(result.answer == "infeasible" for result in self.race(runs)):
                self.refute(middle)
            else:
                top = middle
            middle = (self.low + top) // 2

    def _narrow(self) -> None:
        """Bisect by glances: what is not seen to be feasible is passed over.

        A tightened schedule is often the best there is: its II less one is looked at first.
        """
        assert self.best is not None
        below = self.best.ii - 1
        self.tell(below)
        if not self.hard and self.decide(build(self.problem, below), SPARK_EFFORT) == "infeasible":
            return
        floor = self.low - 1
        while not self.clock.over and self.best.ii - floor > 1:
            middle = (floor + self.best.ii) // 2
            if self.glance(middle) != "feasible":
                floor = middle
            elif self.best.ii - 1 > floor and self.glance(self.best.ii - 1) != "feasible":
                return

    def _scan(self) -> None:
        """Without monotonicity every II below the best needs its own refutation."""
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            if self.probe(self.low, patient=True) == "unknown":
                return
