"""The four kernels of the paper's evaluation, and what is asked of all of them."""

from __future__ import annotations

from benchmarks.paper.questions import (
    BACKWARD,
    FORWARD,
    Question,
    ask_default,
    ask_paper,
    problem_of,
    readings_of,
)
from benchmarks.paper.structure import Structure, of_paper, of_schedule
from twill.schedule import Schedule
from twill.solver.paper import PaperOutcome
from twill.solver.paper.program import Program
from twill.solver.paper.reading import read_problem
from twill.solver.paper.solution import Solution

HOPPER_FORWARD = Question(FORWARD, "h100")
BLACKWELL_FORWARD = Question(FORWARD, "b200")
HOPPER_BACKWARD = Question(BACKWARD, "h100")
BLACKWELL_BACKWARD = Question(BACKWARD, "b200")
KERNELS = {
    "Hopper forward": HOPPER_FORWARD,
    "Blackwell forward": BLACKWELL_FORWARD,
    "Hopper backward": HOPPER_BACKWARD,
    "Blackwell backward": BLACKWELL_BACKWARD,
}


def paper_solution(question: Question) -> Solution:
    """The answer of profile ``paper`` where there is one."""
    found = ask_paper(question).solution
    assert found is not None
    return found


def default_schedule(question: Question) -> Schedule:
    """The schedule of the default profile where there is one."""
    found = ask_default(question).schedule
    assert found is not None
    return found


def paper_structure(question: Question) -> Structure:
    """How the answer of profile ``paper`` is built."""
    return of_paper(ask_paper(question))


def default_structure(question: Question) -> Structure:
    """How the schedule of the default profile is built."""
    return of_schedule(problem_of(question), default_schedule(question))


def both(question: Question) -> tuple[str, str]:
    """The commands that ask it of both profiles."""
    return question.command("paper"), question.command("default")


def broken_by_replay(outcome: PaperOutcome) -> tuple[str, ...]:
    """The default profile's constraints that an answer breaks at machine cycles."""
    replay = outcome.replay
    if replay is None:
        return ()
    if replay.schedule is None:
        circuit = ", ".join(replay.conflict)
        return (f"at no II can its turns be kept (a circuit through {circuit})",)
    return tuple(f"{v.constraint}: {v.message}" for v in replay.violations)


def said(holds: bool | None) -> str:
    """An answer of ``feasible_at`` or ``sat_at`` in words."""
    return {True: "feasible", False: "proved infeasible", None: "not decided"}[holds]


def smallest(schedule: Schedule | None) -> str:
    """The smallest II, or what it lies between."""
    if schedule is None:
        return "none"
    if schedule.ii == schedule.ii_lower_bound:
        return f"{schedule.ii}"
    return f"between {schedule.ii_lower_bound} and {schedule.ii}"


def read_as_paper(question: Question) -> Program:
    """The paper's input, in machine cycles."""
    return read_problem(problem_of(question), readings_of(question))
