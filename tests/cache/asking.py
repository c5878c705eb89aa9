"""Questions about problems, and answers to them, for the tests of the cache."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.attention import attention
from tests.random_problems import random_problem
from twill.cache import Entry, Question, question
from twill.formats import problem_digest
from twill.problem import Problem
from twill.schedule import Feasible, Level, Optimal, Outcome, Reason
from twill.solver import SolveOptions, solve

OPTIONS = {"seed": 0, "workers": 1, "levels": None}


def asked(problem: Problem) -> Question:
    """The question what the best schedule of a problem is."""
    return question(problem_digest(problem), OPTIONS)


@cache
def solved(seed: int | None) -> tuple[Problem, Outcome]:
    """A problem and the solver's answer: the attention-like one, or a random one."""
    problem = attention() if seed is None else random_problem(seed)
    return problem, solve(problem, SolveOptions(60, 0, 1))


def optimum(seed: int | None = None) -> tuple[Problem, Optimal]:
    """A problem that has an optimum, and the optimum."""
    problem, outcome = solved(seed)
    assert isinstance(outcome, Optimal)
    return problem, outcome


def kept(outcome: Outcome, time_limit: float = 60.0) -> Entry:
    """The outcome as an entry of a search with that limit, which took an eighth of a second."""
    return Entry(outcome, time_limit, 0.125)


def cut_short(outcome: Optimal) -> Feasible:
    """The same schedule as a search might leave it whose time was over early."""
    bound = outcome.schedule.ii_lower_bound - 1
    levels = (Level("ii", outcome.schedule.ii, "cycles", bound, False),)
    schedule = replace(
        outcome.schedule,
        status="feasible",
        ii_lower_bound=bound,
        proof="not proved",
        objective=levels,
    )
    return Feasible(schedule, Reason("time limit of 60 s", (), ("a longer --time-limit",)))
