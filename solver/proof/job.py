"""What a child process is asked, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass

from twill.problem import Problem
from twill.solver.proof.document import refutation_file
from twill.solver.proof.refute import Contradiction, Effort, Found, refute


@dataclass(frozen=True, slots=True)
class Job:
    """Refute ``asked`` at ``ii``, for a claim about ``claimed``; memory in bytes."""

    claimed: Problem
    asked: Problem
    ii: int
    effort: Effort
    memory: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job: a refutation file, starts and role numbers, or neither."""

    ii: int
    rounds: int
    refutation: bytes | None = None
    found: tuple[dict[str, int], dict[str, int]] | None = None


def run(job: Job) -> Report:
    """Refute, in this process."""
    answer = refute(job.asked, job.ii, job.effort)
    if isinstance(answer, Contradiction):
        return Report(job.ii, answer.rounds, refutation_file(job.claimed, answer.axioms))
    if isinstance(answer, Found):
        return Report(job.ii, answer.rounds, found=(answer.start, answer.role))
    return Report(job.ii, answer.rounds)
