"""Do the engines and brute force give one answer? What a nightly run and the suite both ask."""

from __future__ import annotations

from dataclasses import dataclass

from tests.brute_force import judged
from tests.exhaustive import TooMany, first_schedule
from tests.refuter import asked
from twill.problem import Problem
from twill.solver.bounds import bounds
from twill.solver.cpsat.engine import Run, Way, run
from twill.solver.cpsat.model import build
from twill.solver.impossible import impossible
from twill.solver.smt.engine import Limit, decide


@dataclass(frozen=True)
class Verdicts:
    """What each said at one II: true, false, or None where it did not say."""

    cp_sat: bool | None
    z3: bool | None
    refuter: bool | None
    brute_force: bool | None
    invalid: tuple[str, ...] = ()

    @property
    def agree(self) -> bool:
        """Whether no two contradict each other, schedules verify, refutations are accepted."""
        return len(set(self.said) - {None}) < 2 and not self.invalid

    @property
    def answered(self) -> int:
        """How many gave an answer."""
        return sum(each is not None for each in self.said)

    @property
    def said(self) -> tuple[bool | None, ...]:
        """The answers."""
        return self.cp_sat, self.z3, self.refuter, self.brute_force


def verdicts(problem: Problem, ii: int, brute_force: int = 0, work: float = 5) -> Verdicts:
    """Ask everyone; brute force within so many verdicts of the verifier, engines within ``work``.

    A unit of ``work`` is one of CP-SAT's, some ten million of Z3's, some 200 rounds of the refuter.
    """
    result = run(build(problem, ii), Run(600, work, 0, Way(linear=1)))
    decision = decide(problem, ii, Limit(600, int(work * 1e7)))
    refuter = asked(problem, ii, int(work * 200))
    invalid = [f"refuter: {wrong}" for wrong in refuter.invalid]
    for name, found in (("CP-SAT", result.assignment), ("Z3", decision.assignment)):
        if found is not None:
            invalid += [f"{name}: {v}" for v in judged(problem, ii, found.start, found.role)]
    said = {"optimal": True, "feasible": True, "infeasible": False, "unknown": None}
    there = said[result.answer] or said[decision.answer] or refuter.schedule
    if there:
        invalid += _denied(problem, ii)
    tried = _tried(problem, ii, brute_force) if brute_force else None
    answers = said[result.answer], said[decision.answer], refuter.schedule
    return Verdicts(*answers, tried, tuple(invalid))


def _tried(problem: Problem, ii: int, most: int) -> bool | None:
    try:
        return first_schedule(problem, ii, most) is not None
    except TooMany:
        return None


def _denied(problem: Problem, ii: int) -> list[str]:
    """What arithmetic says against a schedule that there is."""
    found = []
    if impossible(problem) is not None:
        found.append("arithmetic says that there is no schedule")
    least = bounds(problem).ii
    if least is None or least > ii:
        found.append(f"the bound is {least}")
    return found
