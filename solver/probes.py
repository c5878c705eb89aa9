"""Deciding one II: by glances, restricted models, the whole one, a search for a refutation.

A probe answers feasible, infeasible or unknown. Only a probe of the whole model (all roles,
any length within the stage limit) may answer infeasible; an unknown leaves a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from twill.lemmas import monotone
from twill.problem import Problem
from twill.schedule import Refutation
from twill.solver.batched import batched
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Answer, Assignment, Result, Run, Way, race
from twill.solver.cpsat.model import Model, build
from twill.solver.cpsat.partition import narrowed
from twill.solver.paths import critical_path
from twill.solver.repeat import Repeater
from twill.solver.restrict import restricted, restrictions
from twill.solver.tighten import tightened

if TYPE_CHECKING:
    from twill.solver.ahead import Ahead

FIRST_EFFORT = 2.0
"""Deterministic work of the first run on the whole model at a probe; later ones double it."""

FIND_EFFORT = 0.5
"""Deterministic work of one run on a restricted model. Such runs are short or very long, so
that many short ones with other seeds find a schedule sooner than few long ones."""

GLANCE_EFFORT = 0.2
"""Deterministic work of a shorter one, and of one on the whole model where a glance has failed."""

EASY_EFFORT = 0.045
"""Deterministic work of one run on the whole model at a glance."""

SPARK_EFFORT = 0.02
"""Deterministic work for what is seen at once: most IIs just below the smallest."""

REFUTE_ROUNDS = 20_000
"""Rounds of the search for a refutation times operations: some 15 s, where CP-SAT is slow."""

REFUTE_WORK = 30_000_000
"""Its work in units of Z3: as much again."""

PROBE_TURNS = 4
"""Turns at a probe before it is left undecided, to be retried when nothing else is left."""


class Probes:
    """What is known of one problem's smallest II, and the ways to know more.

    ``best`` is the schedule with the smallest II; every II below ``low`` is excluded, those of
    ``refuted`` by an engine, of ``refutations`` with a file that shows it. ``hard``: the whole
    model was not decided at a glance. ``ahead``: decides the levels of the best meanwhile.
    """

    def __init__(
        self, problem: Problem, lower_bound: int, clock: Clock, ahead: Ahead | None = None
    ) -> None:
        self.problem, self.clock, self.ahead = problem, clock, ahead
        self.low = lower_bound
        self.monotone = monotone(problem)
        self.best: Assignment | None = None
        self.refuted: list[int] = []
        self.refutations: list[Refutation] = []
        self.hard = False
        self.path = critical_path(problem)
        self.repeater = Repeater(problem, clock)
        self._asked: set[int] = set()

    def glance(self, ii: int) -> Answer:
        """Decide one II if that is easy; ``best`` has the schedule if there is one.

        Restricted models find, so they are looked at first as long as no schedule is known. Later
        most answers are refutations, so the whole model is. Once that was hard to decide it is
        left aside: the search for refutations knows more, and finds what is left to be found.
        """
        self.tell(ii)
        known = self.best is not None
        if not known and self._lightly(ii):
            return "feasible"
        if not self.hard:
            answer = self.decide(build(self.problem, ii), EASY_EFFORT)
            if answer != "unknown":
                return answer
            self.hard = True
        return "feasible" if known and self._lightly(ii) else "unknown"

    def look(self, ii: int) -> Answer:
        """The whole model, longer than at a glance."""
        self.tell(ii)
        return self.decide(build(self.problem, ii), GLANCE_EFFORT)

    def _lightly(self, ii: int) -> bool:
        """Whether a restricted model has a schedule."""
        how = Run(self.clock.left, GLANCE_EFFORT, self.clock.options.seed, Way(linear=0))
        return any(
            self._kept(self.race([(each, how) for each in some], ("optimal",)))
            for some in batched(self._narrower(ii), self.clock.options.workers)
        )

    def _narrower(self, ii: int) -> Iterator[Model]:
        """Models that only find: with the roles of the best, with few roles and stages."""
        if self.best is not None and self.best.role:
            yield build(narrowed(self.problem, self.best), ii)
        for each in restrictions(self.problem, ii, self.path)[:2]:
            yield restricted(self.problem, ii, each)

    def probe(self, ii: int, patient: bool = False) -> Answer:
        """Decide one II: a restricted model and the whole one in turn, with growing effort."""
        self.tell(ii)
        turn, effort = 0, FIRST_EFFORT
        while not self.clock.over and (patient or turn < PROBE_TURNS):
            if self.best is None and self.find(ii, turn):
                return "feasible"
            if turn == 0 and (self.hard or self.best is not None):
                answer = self.ask(ii)
                if answer != "unknown":
                    return answer
            answer = self.decide(build(self.problem, ii), effort)
            if answer != "unknown":
                return answer
            if self.best is not None and self.find(ii, turn):
                return "feasible"
            turn, effort = turn + 1, effort * 2
        return "unknown"

    def ask(self, ii: int) -> Answer:
        """Let the search for a refutation decide an II, once: it does where CP-SAT does not."""
        from twill.solver.proof.process import attempt
        from twill.solver.proof.refute import Effort

        if ii in self._asked:
            return "unknown"
        self._asked.add(ii)
        self.tell(ii)
        rounds = REFUTE_ROUNDS // len(self.problem.ops)
        effort = Effort(rounds, self.clock.left, REFUTE_WORK)
        if self.ahead is not None and self.best is not None and ii == self.best.ii - 1:
            self.ahead.begin(self.best)
        spare = self.clock.spare
        for report in attempt(self.problem, [ii], effort, self.clock.stop, spare=spare):
            if report.refutation is not None:
                self.refutations.append(Refutation(ii, report.refutation))
                self.refute(ii)
                return "infeasible"
            if report.found is not None:
                if self.ahead is not None:
                    self.ahead.drop()
                start, role = report.found
                self.keep(Assignment(ii, start, role))
                return "feasible"
        if self.ahead is not None:
            self.ahead.drop()  # what follows needs the workers
        return "unknown"

    def easily(self, ii: int) -> bool:
        """Look for a schedule where that takes little: one that repeats a sub-tile, a glance.

        Where it takes more, the search for refutations will be needed.
        """
        self.tell(ii)
        found = self.repeater.find(ii)
        if found is not None:
            self.keep(found)
            return True
        answer = self.glance(ii)
        if self.hard:
            self.clock.spare.prepare()
        return answer == "feasible"

    def find(self, ii: int, turn: int) -> bool:
        """Look for a schedule in restricted models, where the search is shortest."""
        for some in batched(restrictions(self.problem, ii, self.path), self.clock.options.workers):
            if self.clock.over:
                return False
            entries = [(restricted(self.problem, ii, each), self._how(turn)) for each in some]
            if self._kept(self.race(entries, ("optimal",))):
                return True
        return False

    def _how(self, turn: int) -> Run:
        way = Way(linear=turn % 2)
        effort = FIND_EFFORT * 2**turn
        return Run(self.clock.left, effort, self.clock.options.seed + turn, way)

    def decide(self, model: Model, effort: float) -> Answer:
        """The whole model, without and with linear relaxation: either may find or refute."""
        seed, seconds = self.clock.options.seed, self.clock.left
        ways = (Way(linear=0), Way(linear=1))
        if self.clock.options.workers > 1:
            results = self.race([(model, Run(seconds, effort, seed, way)) for way in ways])
        else:
            results = []
            for way in ways:
                results += self.race([(model, Run(seconds, effort, seed, way))])
                if results[-1].answer != "unknown":
                    break
        if self._kept(results):
            return "feasible"
        if any(result.answer == "infeasible" for result in results):
            self.refute(model.space.ii)
            return "infeasible"
        return "unknown"

    def race(
        self,
        entries: list[tuple[Model, Run]],
        decisive: tuple[Answer, ...] = ("optimal", "infeasible"),
    ) -> list[Result]:
        """Run models side by side, in a fixed order; what is decisive ends it."""
        results = race(entries, self.clock.options.workers, self.clock.stop, decisive)
        self.clock.work += sum(result.work for result in results)
        return results

    def _kept(self, results: list[Result]) -> bool:
        """Keep the first schedule found."""
        for result in results:
            if result.assignment is not None:
                self.keep(result.assignment)
                return True
        return False

    def keep(self, assignment: Assignment) -> None:
        """Keep a schedule, tightened, if it is the best."""
        if self.best is None or assignment.ii < self.best.ii:
            self.best = tightened(self.problem, assignment, self.low) or assignment

    def refute(self, ii: int) -> None:
        """Note that an II is excluded, with monotonicity also all below."""
        self.refuted.append(ii)
        if self.monotone:
            self.low = max(self.low, ii + 1)
        while self.low in self.refuted:
            self.low += 1

    def tell(self, ii: int) -> None:
        """Report progress."""
        incumbent = f"II {self.best.ii}" if self.best else "-"
        self.clock.tell("smallest II", ii, incumbent, f"II >= {self.low}")
