"""What a child process is asked, and what it reports."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from twill.problem import Problem
from twill.solver.proof.document import refutation_file
from twill.solver.proof.refute import Answer, Contradiction, Effort, Found, refute


@dataclass(frozen=True, slots=True)
class Job:
    """Refute ``asked`` at each of ``iis``, for a claim about ``claimed``; memory in bytes."""

    claimed: Problem
    asked: Problem
    iis: tuple[int, ...]
    effort: Effort
    memory: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job: a refutation file, starts and role numbers, or neither."""

    ii: int
    rounds: int
    refutation: bytes | None = None
    found: tuple[dict[str, int], dict[str, int]] | None = None


def run(job: Job) -> tuple[Report, ...]:
    """Refute one II after the other, in this process, up to one where that does not succeed."""
    reports: list[Report] = []
    until = time.monotonic() + job.effort.seconds
    for ii in job.iis:
        left = replace(job.effort, seconds=until - time.monotonic())
        reports.append(_report(job, ii, refute(job.asked, ii, left)))
        if reports[-1].refutation is None:
            break
    return tuple(reports)


def _report(job: Job, ii: int, answer: Answer) -> Report:
    if isinstance(answer, Contradiction):
        return Report(ii, answer.rounds, refutation_file(job.claimed, answer.axioms))
    if isinstance(answer, Found):
        return Report(ii, answer.rounds, found=(answer.start, answer.role))
    return Report(ii, answer.rounds)
