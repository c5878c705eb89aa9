"""Algorithm 1 of the paper: the smallest I, then the smallest L, with the joint system.

For I = 1, 2, ...: phase 1 gives LEN(M), and the lengths from LEN(M) on that need no more copies
are tried. The loop begins at the bound by arithmetic, below which phase 1 fails.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from twill.formats import problem_digest
from twill.problem import Problem
from twill.schedule import Reason
from twill.solver.clock import Clock
from twill.solver.options import OnProgress, SolveOptions, Stop
from twill.solver.paper.audit import admitted
from twill.solver.paper.check import violations
from twill.solver.paper.joint import Answer, Joint
from twill.solver.paper.modulo import ModuloAnswer, least_ii, modulo_schedule
from twill.solver.paper.normalise import counts_of, normalise, scaled
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.outcome import PaperOutcome, Phases, Query, Status, Step
from twill.solver.paper.program import Program
from twill.solver.paper.reading import read_problem
from twill.solver.paper.replay import replay
from twill.solver.paper.rounding import Normalisation
from twill.solver.paper.solution import Solution
from twill.solver.paper.structure import order_exists
from twill.solver.paper.windows import shortest, windows


class CheckFailed(Exception):
    """Z3's answer breaks a constraint of the figures: a defect of ours, never a result."""

    def __init__(self, broken: tuple[str, ...]) -> None:
        super().__init__("; ".join(broken))


def solve_paper(
    problem: Problem,
    paper: PaperOptions | None = None,
    options: SolveOptions | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> PaperOutcome:
    """Read a problem as the paper's input, normalise its costs and run Algorithm 1.

    Returns within the time limit, or soon after ``stop.request()``. Raises NotNormalised if
    the costs cannot be normalised, CheckFailed if an answer breaks a constraint.
    """
    clock = Clock(options or SolveOptions(), stop or Stop(), on_progress)
    readings = paper or PaperOptions()
    outcome = search(read_problem(problem, readings), readings, clock)
    found = outcome.solution
    if found is None:
        return outcome
    return replace(
        outcome,
        admitted=admitted(problem, readings, outcome.normalisation, found),
        replay=replay(problem, found, problem_digest(problem)),
    )


def search(program: Program, options: PaperOptions, clock: Clock) -> PaperOutcome:
    """Normalise a program in machine cycles and run Algorithm 1 on it."""
    began = time.monotonic()
    to: Normalisation | None = None
    if options.normalise == "paper":
        to = normalise(counts_of(program, options), options)
        program = scaled(program, to)
    return _Run(program, options, clock, to, time.monotonic() - began).outcome()


@dataclass
class _Run:
    """The state of one search."""

    program: Program
    options: PaperOptions
    clock: Clock
    normalisation: Normalisation | None
    normalising: float
    steps: list[Step] = field(default_factory=list)
    swp: float = 0.0
    joint: float = 0.0
    work: int = 0

    def outcome(self) -> PaperOutcome:
        """Run the loop over I to its end."""
        ii = least_ii(self.program)
        if ii is None:
            why = "a circuit of dependences takes time but no iteration"
            return self._end("infeasible", Reason(why))
        if order_exists(self.program, self.options, self.clock) == "unsat":
            return self._end("infeasible", _NO_ORDER)
        last = self.options.max_ii or self.program.serial
        solution = None
        while solution is None and ii <= last and not self.clock.over:
            solution = self._step(ii)
            ii += 1
        return self._end_without(last) if solution is None else self._end_with(solution)

    def _step(self, ii: int) -> Solution | None:
        """One turn of the outer loop."""
        answer = self._phase_1(ii)
        queries: list[Query] = []
        solution = None
        if answer.length is not None:
            for copies, first in windows(answer.length, ii, self.options):
                solution = self._swp_and_ws(ii, copies, first, queries)
                if solution is not None:
                    break
        self.steps.append(Step(ii, answer.length, answer.decided, tuple(queries)))
        return solution

    def _phase_1(self, ii: int) -> ModuloAnswer:
        self.clock.tell("paper: SWP", ii, "none", f"I {ii}")
        began = time.monotonic()
        answer = modulo_schedule(self.program, ii, self.options, self.clock)
        self.swp += time.monotonic() - began
        return answer

    def _swp_and_ws(
        self, ii: int, copies: int, first: int, queries: list[Query]
    ) -> Solution | None:
        """The shortest solution of one window; what was asked is added to ``queries``."""
        self.clock.tell("paper: SWP-AND-WS", ii, "none", f"I {ii}, {copies} copies")
        began = time.monotonic()
        joint = Joint(self.program, ii, copies, self.options)

        def ask(length: int) -> Answer:
            answer = joint.ask(length, self.clock)
            queries.append(Query(ii, copies, length, answer.verdict, answer.work))
            self.work += answer.work
            return answer

        solution = shortest(ask, first, copies * ii, self.options)
        self.joint += time.monotonic() - began
        return solution

    def _end_with(self, solution: Solution) -> PaperOutcome:
        """A solution that the checker agrees with; optimal if nothing before it was left open."""
        broken = violations(self.program, solution, self.options)
        if broken:
            raise CheckFailed(broken)
        gaps = self._open()
        if not gaps:
            return self._end("optimal", None, solution)
        why = f"a solution with a smaller I or L is not excluded: undecided {', '.join(gaps)}"
        return self._end("feasible", Reason(why, (), ("a longer --time-limit",)), solution)

    def _end_without(self, last: int) -> PaperOutcome:
        if self.clock.over:
            why = f"no solution found ({self.clock.why_over()})"
            return self._end("unknown", Reason(why, (), ("a longer --time-limit",)))
        complete = self.options.max_ii is None and self.options.liveness == "program"
        if complete and not self._open():
            why = f"every I up to {last} is refuted; a larger one only adds idle cycles"
            return self._end("infeasible", Reason(why))
        return self._end("unknown", Reason(f"no solution with I up to {last}"))

    def _open(self) -> list[str]:
        """What was asked and not decided, in words."""
        found = [f"phase 1 at I {step.ii}" for step in self.steps if not step.decided]
        asked = [query for step in self.steps for query in step.queries]
        return found + [f"I {q.ii}, L {q.length}" for q in asked if q.verdict == "unknown"]

    def _end(
        self, status: Status, reason: Reason | None, solution: Solution | None = None
    ) -> PaperOutcome:
        phases = Phases(self.normalising, self.swp, self.joint, self.work)
        return PaperOutcome(
            status,
            self.options,
            self.program,
            self.normalisation,
            solution,
            tuple(self.steps),
            phases,
            reason,
        )


_NO_ORDER = Reason(
    "no order of the operations fits the warps, registers and memories, whatever I is",
    ("Algorithm 1 as printed would not end",),
    ("more registers (registers), groups (places) or memory", "a smaller tile (--set)"),
)
