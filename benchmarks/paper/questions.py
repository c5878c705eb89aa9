"""The questions behind the claims: a loop on a machine, what is turned, and the answers.

Each question is asked once per run. Searches are limited in the engines' own work, so that
answers do not depend on the speed of the machine; the time limit is only a safeguard.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cache

from twill.elaborate import elaborate
from twill.formats import problem_digest
from twill.knobs import Knobs, turned
from twill.problem import Dependence, Problem
from twill.relaxation import Group, lift
from twill.schedule import Outcome, Schedule
from twill.solver import SolveOptions, solve
from twill.solver.assemble import Claim, assemble
from twill.solver.clock import Clock
from twill.solver.explain import Oracle
from twill.solver.options import Stop
from twill.solver.paper import PaperOptions, PaperOutcome
from twill.solver.paper.algorithm1 import solve_paper
from twill.solver.paper.options import options_from
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.verify import verify
from twill.what_if import parse_change

FORWARD, BACKWARD = "flash_attention_forward", "flash_attention_backward"
QUERY_WORK = 400_000_000
"""Z3's resource units per query; the hardest query of the claims takes a tenth of it."""
SAFEGUARD = 3600.0
"""Seconds of wall time per question."""


@dataclass(frozen=True, slots=True)
class Question:
    """A problem and how it is read. ``readings`` are options of profile ``paper``.

    ``lifted``: kinds of constraints taken out. ``fixed``: roles of operations. ``extra``:
    dependences added. A question with ``lifted`` or ``extra`` has no command of its own.
    """

    spec: str
    machine: str
    parameters: tuple[tuple[str, int], ...] = ()
    subtile: tuple[tuple[str, int], ...] = ()
    changes: tuple[str, ...] = ()
    max_roles: int | None = None
    registers: int | None = None
    max_stages: int | None = None
    no_handoff: bool = False
    fixed: tuple[tuple[str, str], ...] = ()
    readings: tuple[str, ...] = ()
    lifted: tuple[Group, ...] = ()
    extra: tuple[Dependence, ...] = ()

    def command(self, profile: str) -> str:
        """What a user types to ask it."""
        words = ["twill solve", self.spec, "-m", self.machine]
        words += [f"--set {name}={value}" for name, value in self.parameters]
        words += [f"--subtile {name}={value}" for name, value in self.subtile]
        words += [f"--what-if {change}" for change in self.changes]
        if self.max_roles is not None:
            words.append(f"--forbid-roles-above {self.max_roles}")
        if self.registers is not None:
            words.append(f"--registers-per-role {self.registers}")
        if self.max_stages is not None:
            words.append(f"--max-stages {self.max_stages}")
        words += ["--no-handoff"] if self.no_handoff else []
        words += [f"--fix-role '{op}={label}'" for op, label in self.fixed]
        if profile == "paper":
            words += ["--profile paper", *(f"--paper {pair}" for pair in self.readings)]
        return " ".join(words)

    def explain(self, ii: int) -> str:
        """What a user types to ask the default profile about one II."""
        return f"{self.command('default').replace('solve', 'explain', 1)} --ii {ii}"


@cache
def problem_of(question: Question) -> Problem:
    """The problem that is asked about."""
    changes = tuple(change for text in question.changes if (change := parse_change(text)))
    machine = load_machine(question.machine, changes) if changes else load_machine(question.machine)
    made = elaborate(
        load_loop(question.spec), machine, dict(question.parameters), dict(question.subtile)
    )
    knobs = Knobs(
        question.max_roles,
        question.registers,
        max_stages=question.max_stages,
        no_handoff=question.no_handoff,
        fixed_roles=dict(question.fixed),
    )
    problem = lift(turned(made.problem, knobs), question.lifted)
    return replace(problem, dependences=problem.dependences + question.extra)


def readings_of(question: Question) -> PaperOptions:
    """The options of profile ``paper``, with a limit on each query's work."""
    pairs = [text.split("=", maxsplit=1) for text in question.readings]
    options = options_from([(name, value) for name, value in pairs])
    return replace(options, query_work=options.query_work or QUERY_WORK)


@cache
def ask_paper(question: Question) -> PaperOutcome:
    """The answer of profile ``paper``; the seconds it takes are kept in ``PAPER_SECONDS``."""
    began = time.process_time()
    options = SolveOptions(SAFEGUARD)
    outcome = solve_paper(problem_of(question), readings_of(question), options)
    PAPER_SECONDS[question] = time.process_time() - began
    return outcome


PAPER_SECONDS: dict[Question, float] = {}
"""Process seconds by question; for information, no verdict depends on them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The default profile's answer and the seconds of this process that it took."""

    outcome: Outcome
    cpu_s: float

    @property
    def schedule(self) -> Schedule | None:
        """The schedule, if there is one."""
        return getattr(self.outcome, "schedule", None)


@cache
def ask_default(question: Question, levels: bool = True) -> Answer:
    """The answer of the default profile, with all levels of the objective or the II alone."""
    began = time.process_time()
    options = SolveOptions(SAFEGUARD, levels=None if levels else ())
    outcome = solve(problem_of(question), options)
    return Answer(outcome, time.process_time() - began)


@cache
def feasible_at(question: Question, ii: int) -> bool | None:
    """Whether the default profile has a schedule at one II; None where it was not decided.

    A schedule counts when it verifies; one that does not is a defect of ours.
    """
    problem, oracle = problem_of(question), Oracle(Clock(SolveOptions(SAFEGUARD), Stop(), None))
    answer = oracle.answer(problem, ii)
    if answer == "feasible":
        claim = Claim("feasible", 1, "not proved")
        digest = problem_digest(problem)
        schedule = assemble(problem, digest, ii, oracle.starts, oracle.roles, claim)
        broken = verify(problem, schedule)
        if broken:
            raise AssertionError(f"II {ii}: {'; '.join(v.message for v in broken)}")
    return None if answer == "unknown" else answer == "feasible"


def sat_at(question: Question, ii: int) -> bool | None:
    """Whether the joint system of profile ``paper`` has a solution at I, within its copies."""
    limited = replace(question, readings=(*question.readings, f"max_ii={ii}"))
    outcome = ask_paper(limited)
    if outcome.solution is not None:
        return True if outcome.solution.ii == ii else None
    asked = [query.verdict for step in outcome.steps if step.ii == ii for query in step.queries]
    if outcome.status == "infeasible" or (asked and set(asked) == {"unsat"}):
        return False
    refused = [step for step in outcome.steps if step.ii == ii and step.length is None]
    return False if refused and refused[0].decided else None
