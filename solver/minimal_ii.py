"""The smallest feasible II: probe the bound, climb to a schedule, descend, refute just below.

A probe answers feasible, infeasible or unknown. Only a probe of the whole model (all roles,
any length within the stage limit) may answer infeasible; an unknown leaves a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twill.lemmas import horizon, monotone
from twill.problem import Problem
from twill.schedule import Refutation
from twill.solver.alone import alone
from twill.solver.batched import batched
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Result, Run, Way, race
from twill.solver.cpsat.model import Model, build
from twill.solver.cpsat.partition import narrowed
from twill.solver.paths import critical_path
from twill.solver.repeat import Repeater
from twill.solver.restrict import restricted, restrictions
from twill.solver.role_seeds import RoleSeeds
from twill.solver.tighten import tightened

FIRST_EFFORT = 2.0
"""Deterministic work of the first run on the whole model at a probe; later ones double it."""

FIND_EFFORT = 0.5
"""Deterministic work of one run on a restricted model. Such runs are short or very long, so
that many short ones with other seeds find a schedule sooner than few long ones."""

GLANCE_EFFORT = 0.2
"""Deterministic work of one run where only easy answers are wanted."""

SPARK_EFFORT = 0.02
"""Deterministic work for what is seen at once: most IIs just below the smallest."""

PART_EFFORT = 1.0
"""Deterministic work of one run on one of equal sub-tiles alone, which bounds the whole."""

REFUTE_ROUNDS = 20_000
"""Rounds of the search for a refutation times operations: some 15 s, where CP-SAT is slow."""

REFUTE_WORK = 30_000_000
"""Its work in units of Z3: as much again."""

PROBE_TURNS = 4
"""Turns at a probe before it is left undecided, to be retried when nothing else is left."""


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


class Search:
    """One search for the smallest II of one problem, from a known schedule on if there is one."""

    def __init__(
        self,
        problem: Problem,
        lower_bound: int,
        clock: Clock,
        known: Assignment | None = None,
    ) -> None:
        self.problem = problem
        self.clock = clock
        self.low = lower_bound
        self.monotone = monotone(problem)
        self.horizon = horizon(problem)
        self.refuted: list[int] = []
        self.undecided: set[int] = set()
        self.refutations: list[Refutation] = []
        self.best: Assignment | None = None
        self.path = critical_path(problem)
        self.repeater = Repeater(problem, clock)
        self.seeds = RoleSeeds(problem, clock)
        self.seeded = False
        self.hard = False
        self.raised = False
        if known is not None:
            self._keep(known)

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
                self._easily(start)
            return True
        if self._easily(start) or (start not in self.refuted and self._find(start, 0)):
            return True
        if any(self._easily(ii) for ii in self._rungs(start)):
            return True
        if self.hard and any(
            self.glance(ii, whole=True) == "feasible" for ii in self._rungs(start)
        ):
            return True
        self._raise(2 * start)
        start = self.low
        if self._seeded():
            return True
        if start not in self.refuted and self._probe(start) == "feasible":
            return True
        if any(self._find(ii, 1) for ii in self._rungs(start)) or self.clock.over:
            return True
        answer = self._probe(max(start, self.horizon), patient=True)
        return answer != "infeasible" or self._exists_below(self.horizon)

    def _rungs(self, start: int) -> Iterator[int]:
        """Larger and larger IIs, as long as there is time."""
        step = max(1, start >> 6)
        while not self.clock.over and start + step < self.horizon:
            yield start + step
            step *= 2

    def _easily(self, ii: int) -> bool:
        """Look for a schedule where that takes little: one that repeats a sub-tile, a glance."""
        self._tell(ii)
        found = self.repeater.find(ii)
        if found is not None:
            self._keep(found)
            return True
        return self.glance(ii) == "feasible"

    def _seeded(self) -> bool:
        """Once, where the quick ways have failed: whether known roles give a smaller II."""
        if self.seeded or not self.seeds.useful:
            return False
        self.seeded = True
        before = self.best
        found = self.seeds.below(self.low, before)
        if found is not None:
            self._keep(found)
        return self.best is not before

    def _exists_below(self, ii: int) -> bool:
        """Whether a refutation at the horizon leaves smaller IIs: only without monotonicity."""
        while not self.monotone and not self.clock.over and self.low < ii:
            if self._probe(self.low, patient=True) == "feasible":
                return True
        return not self.monotone and self.low <= ii

    def _refine(self) -> None:
        """Between the highest refuted and the lowest feasible II.

        With monotonicity one refutation just below the best excludes everything below. Where
        that is too hard at first, refutations further down raise the bound.
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
            if undecided is None or undecided <= self.low:
                if self._probe(below, patient=undecided is not None) == "unknown":
                    undecided = below
                    self._raise(below)
                continue
            undecided = min(undecided, below)
            middle = (self.low + undecided) // 2
            if self._probe(middle) == "unknown":
                undecided = middle

    def _settle(self) -> None:
        """Let the search for refutations find or refute: below the best, then in larger steps."""
        step = 1
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            ii = max(self.low, self.best.ii - step)
            answer = self._refuted(ii)
            if answer == "feasible":
                step = min(2 * step, (self.best.ii - self.low + 1) // 2)
            elif answer == "infeasible":
                step = (self.best.ii - self.low + 1) // 2
            elif step > 1:
                step = 1
            else:
                return
            step = max(1, step)

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
            self._tell(middle)
            model, seed = build(part, middle), self.clock.options.seed
            runs = [(model, Run(self.clock.left, PART_EFFORT, seed, way)) for way in ways]
            if any(result.answer == "infeasible" for result in self._race(runs)):
                self._refute(middle)
            else:
                top = middle
            middle = (self.low + top) // 2

    def _narrow(self) -> None:
        """Bisect by glances: what is not seen to be feasible is passed over.

        A tightened schedule is often the best there is: its II less one is looked at first.
        """
        assert self.best is not None
        self._tell(self.best.ii - 1)
        if self._decide(build(self.problem, self.best.ii - 1), SPARK_EFFORT) == "infeasible":
            return
        floor = self.low - 1
        while not self.clock.over and self.best.ii - floor > 1:
            middle = (floor + self.best.ii) // 2
            if self.glance(middle) != "feasible":
                floor = middle
            elif self.best.ii - 1 > floor and self.glance(self.best.ii - 1) != "feasible":
                return

    def glance(self, ii: int, whole: bool = False) -> Answer:
        """Decide one II if that is easy; ``best`` has the schedule if there is one.

        Where no schedule is known, restricted models are looked at first: they find. Later most
        answers are refutations, so the whole model is, very shortly. Once it was hard to decide
        it is left aside, unless asked for.
        """
        self._tell(ii)
        model = None
        if self.best is not None and (whole or not self.hard):
            model = build(self.problem, ii)
            answer = self._decide(model, SPARK_EFFORT)
            if answer != "unknown":
                return answer
        how = Run(self.clock.left, GLANCE_EFFORT, self.clock.options.seed, Way(linear=0))
        for some in batched(self._narrower(ii), self.clock.options.workers):
            if self._kept(self._race([(each, how) for each in some], ("optimal",))):
                return "feasible"
        if self.hard and not whole:
            return "unknown"
        before = self.clock.work
        answer = self._decide(model or build(self.problem, ii), GLANCE_EFFORT)
        self.hard = self.hard or self.clock.work - before > GLANCE_EFFORT / 2
        return answer

    def _narrower(self, ii: int) -> Iterator[Model]:
        """Models that only find: with the roles of the best, with few roles and stages."""
        if self.best is not None and self.best.role:
            yield build(narrowed(self.problem, self.best), ii)
        for each in restrictions(self.problem, ii, self.path)[:2]:
            yield restricted(self.problem, ii, each)

    def _scan(self) -> None:
        """Without monotonicity every II below the best needs its own refutation."""
        while not self.clock.over and self.best is not None and self.low < self.best.ii:
            if self._probe(self.low, patient=True) == "unknown":
                return

    def _probe(self, ii: int, patient: bool = False) -> Answer:
        """Decide one II: a restricted model and the whole one in turn, with growing effort."""
        self._tell(ii)
        turn, effort = 0, FIRST_EFFORT
        while not self.clock.over and (patient or turn < PROBE_TURNS):
            if self.best is None and self._find(ii, turn):
                return "feasible"
            if turn == 0:
                answer = self._refuted(ii)
                if answer != "unknown":
                    return answer
            answer = self._decide(build(self.problem, ii), effort)
            if answer != "unknown":
                return answer
            if self.best is not None and self._find(ii, turn):
                return "feasible"
            turn, effort = turn + 1, effort * 2
        return "unknown"

    def _refuted(self, ii: int) -> Answer:
        """Let the search for a refutation decide an II, once: it decides most that CP-SAT does not."""
        from twill.solver.proof.process import attempt
        from twill.solver.proof.refute import Effort

        if ii in self.undecided:
            return "unknown"
        self.undecided.add(ii)
        self._tell(ii)
        rounds = REFUTE_ROUNDS // len(self.problem.ops)
        effort = Effort(rounds, self.clock.left, REFUTE_WORK)
        for report in attempt(self.problem, [ii], effort, self.clock.stop):
            if report.refutation is not None:
                self.refutations.append(Refutation(ii, report.refutation))
                self._refute(ii)
                return "infeasible"
            if report.found is not None:
                start, role = report.found
                self._keep(Assignment(ii, start, role))
                return "feasible"
        return "unknown"

    def _find(self, ii: int, turn: int) -> bool:
        """Look for a schedule in restricted models, where the search is shortest."""
        for some in batched(restrictions(self.problem, ii, self.path), self.clock.options.workers):
            if self.clock.over:
                return False
            entries = [(restricted(self.problem, ii, each), self._how(turn)) for each in some]
            if self._kept(self._race(entries, ("optimal",))):
                return True
        return False

    def _how(self, turn: int) -> Run:
        way = Way(linear=turn % 2)
        effort = FIND_EFFORT * 2**turn
        return Run(self.clock.left, effort, self.clock.options.seed + turn, way)

    def _decide(self, model: Model, effort: float) -> Answer:
        """The whole model, without and with linear relaxation: either may find or refute."""
        seed, seconds = self.clock.options.seed, self.clock.left
        ways = (Way(linear=0), Way(linear=1))
        if self.clock.options.workers > 1:
            results = self._race([(model, Run(seconds, effort, seed, way)) for way in ways])
        else:
            results = []
            for way in ways:
                results += self._race([(model, Run(seconds, effort, seed, way))])
                if results[-1].answer != "unknown":
                    break
        if self._kept(results):
            return "feasible"
        if any(result.answer == "infeasible" for result in results):
            self._refute(model.space.ii)
            return "infeasible"
        return "unknown"

    def _race(
        self,
        entries: list[tuple[Model, Run]],
        decisive: tuple[Answer, ...] = ("optimal", "infeasible"),
    ) -> list[Result]:
        results = race(entries, self.clock.options.workers, self.clock.stop, decisive)
        self.clock.work += sum(result.work for result in results)
        return results

    def _kept(self, results: list[Result]) -> bool:
        """Keep the first schedule found."""
        for result in results:
            if result.assignment is not None:
                self._keep(result.assignment)
                return True
        return False

    def _keep(self, assignment: Assignment) -> None:
        if self.best is None or assignment.ii < self.best.ii:
            self.best = tightened(self.problem, assignment, self.low) or assignment

    def _refute(self, ii: int) -> None:
        self.refuted.append(ii)
        if self.monotone:
            self.low = max(self.low, ii + 1)
        while self.low in self.refuted:
            self.low += 1

    def _tell(self, ii: int) -> None:
        incumbent = f"II {self.best.ii}" if self.best else "-"
        self.clock.tell("smallest II", ii, incumbent, f"II >= {self.low}")
