"""What a child process is asked, and what it reports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from twill.problem import Problem
from twill.solver.proof.document import refutation_file
from twill.solver.proof.refute import Answer, Contradiction, Effort, Found, refute


@dataclass(frozen=True, slots=True)
class Job:
    """Refute each problem ``asked`` at each of ``iis``, for a claim about ``claimed``.

    ``memory`` in bytes.
    """

    claimed: Problem
    asked: tuple[Problem, ...]
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
    """Refute one problem after the other, each up to an II where that does not succeed."""
    until = time.monotonic() + job.effort.seconds
    return tuple(report for asked in job.asked for report in _reports(job, asked, until))


def _reports(job: Job, asked: Problem, until: float) -> Iterator[Report]:
    for ii in job.iis:
        left = replace(job.effort, seconds=until - time.monotonic())
        report = _report(job, ii, refute(asked, ii, left))
        yield report
        if report.refutation is None:
            return


def _report(job: Job, ii: int, answer: Answer) -> Report:
    if isinstance(answer, Contradiction):
        return Report(ii, answer.rounds, refutation_file(job.claimed, answer.axioms))
    if isinstance(answer, Found):
        return Report(ii, answer.rounds, found=(answer.start, answer.role))
    return Report(ii, answer.rounds)
