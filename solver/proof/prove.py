"""Turns one engine's word into a refutation that is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from lzma import LZMAError
from typing import Literal

from twill.check import Held, Invalid, check_bundle
from twill.formats import problem_to_json
from twill.formats.canonical import canonical_json
from twill.lemmas import horizon, monotone
from twill.problem import Problem
from twill.schedule import Infeasible, Optimal, Outcome, Proof, Refutation, Schedule
from twill.solver.bounds import bounds
from twill.solver.clock import Clock
from twill.solver.disagreement import EnginesDisagree, checked_schedule
from twill.solver.options import Stop
from twill.solver.proof.certificate import certificate_files
from twill.solver.proof.process import attempt
from twill.solver.proof.refute import Effort
from twill.solver.proof.spare import Spare

REFUTERS = ("z3", "cadical")
"""The names of the engines, as in the ``engines`` of a schedule."""

PHASE = "refutation to be checked"
"""What progress calls it."""

PROVED: Proof = "proved by a checked refutation"

FEWER_ROUNDS = 40
FEWER_WORK = 1_000_000
"""Effort for "not fewer stages" and "not fewer roles": what takes more is not cheap."""


class RefutationRejected(Exception):
    """Our own checker rejects our own proof: a defect of ours, never printed as a result."""


def prove(problem: Problem, outcome: Outcome, clock: Clock) -> Outcome:
    """The outcome, its proof "a checked refutation" where one is found in the time that is left.

    What the search itself refuted with a proof to show needs no more time. Raises EnginesDisagree
    where a schedule is found at an II that was said to be refuted, and RefutationRejected where
    the checker does not accept what was found.
    """
    if not isinstance(outcome, Optimal | Infeasible) or not _has_file(problem):
        return outcome
    seconds = min(clock.left, clock.options.proof_limit)
    if seconds > 0:
        clock.tell(PHASE, None, "-", "-")
    refutations = _refutations(problem, outcome, seconds, clock.stop, clock.spare)
    if refutations is None:
        return outcome
    proved: Outcome
    if isinstance(outcome, Infeasible):
        proved = replace(outcome, proof=PROVED, refutations=refutations)
    else:
        proved = Optimal(_named(outcome.schedule), refutations)
    check_outcome(problem, proved)
    return proved


def _has_file(problem: Problem) -> bool:
    """Whether the checker can read the problem: a file has no negative distances."""
    return all(d.distance >= 0 for d in problem.dependences)


def completed(problem: Problem, outcome: Outcome, seconds: float, stop: Stop) -> Outcome:
    """The outcome with the refutations that only its certificate needs.

    They say that fewer stages and fewer roles do not reach the II, where few rounds show that;
    and that nothing is feasible, where sums beyond those of a certificate said so. Raises
    RefutationRejected where the checker does not accept one.
    """
    if isinstance(outcome, Infeasible):
        if outcome.proof == "one engine's word" or certificate_files(problem, outcome):
            return outcome
        refutations = _refutations(problem, outcome, seconds, stop)
        outcome = replace(outcome, refutations=refutations or ())
    elif isinstance(outcome, Optimal) and certificate_files(problem, outcome):
        fewer = tuple(_not_fewer(problem, outcome.schedule, seconds, stop))
        outcome = replace(outcome, refutations=outcome.refutations + fewer)
    if certificate_files(problem, outcome):
        check_outcome(problem, outcome)
    return outcome


def check_outcome(problem: Problem, outcome: Outcome) -> None:
    """Check the certificate of an outcome. Raises RefutationRejected."""
    try:
        files = certificate_files(problem, outcome)
    except (LZMAError, EOFError, ValueError, LookupError, TypeError, AttributeError):
        raise RefutationRejected("its refutation is no refutation file") from None
    if not files:
        raise RefutationRejected("the outcome has no certificate")
    files["problem.json"] = canonical_json(problem_to_json(problem))
    content = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    try:
        check_bundle(Held(content))
    except Invalid as fault:
        raise RefutationRejected(f"our own certificate is rejected: {fault}") from None


def _refutations(
    problem: Problem,
    outcome: Optimal | Infeasible,
    seconds: float,
    stop: Stop,
    spare: Spare | None = None,
) -> tuple[Refutation, ...] | None:
    """What arithmetic leaves to be refuted; None where not all of it is."""
    wanted = _open(problem, outcome)
    known = {each.ii: each for each in outcome.refutations if each.ii in wanted}
    left = [ii for ii in wanted if ii not in known]
    for report in attempt(problem, left, Effort(seconds=seconds), stop, spare=spare):
        if report.found is not None:
            schedule = checked_schedule(problem, report.ii, *report.found)
            raise EnginesDisagree(problem, schedule, "the search for refutations")
        if report.refutation is not None:
            known[report.ii] = Refutation(report.ii, report.refutation)
    return None if set(left) - set(known) else tuple(known[ii] for ii in sorted(known))


def _open(problem: Problem, outcome: Optimal | Infeasible) -> range:
    """The IIs that must be refuted: one where lemma 1 holds, else all above the bound."""
    bound = bounds(problem).ii
    if isinstance(outcome, Optimal):
        assert bound is not None
        above = outcome.schedule.ii
        return range(max(bound, above - 1) if monotone(problem) else bound, above)
    if bound is None:
        return range(0)
    last = max(horizon(problem), bound)
    return range(last if monotone(problem) else bound, last + 1)


def _not_fewer(
    problem: Problem, schedule: Schedule, seconds: float, stop: Stop
) -> Iterator[Refutation]:
    limits = list(_stricter(problem, schedule))
    if not limits:
        return
    asked = [stricter for _, _, stricter in limits]
    reports = attempt(
        problem, [schedule.ii], Effort(FEWER_ROUNDS, seconds, FEWER_WORK), stop, asked
    )
    for (name, limit, _), report in zip(limits, reports, strict=False):
        if report.refutation is not None:
            yield Refutation(schedule.ii, report.refutation, name, limit)


def _stricter(
    problem: Problem, schedule: Schedule
) -> Iterator[tuple[Literal["stages", "roles"], int, Problem]]:
    """The problem with one stage, and with one role, fewer than the schedule has."""
    fewer = schedule.stages - 1
    if fewer:
        yield "stages", fewer, replace(problem, limits=replace(problem.limits, max_stages=fewer))
    fewer = len(schedule.roles) - 1
    if problem.roles is not None and fewer:
        yield "roles", fewer, replace(problem, roles=replace(problem.roles, max_roles=fewer))


def _named(schedule: Schedule) -> Schedule:
    """The schedule with the proof that refutations make, and who made them."""
    solver = schedule.solver
    if solver is not None:
        new = tuple(name for name in REFUTERS if name not in solver.engines)
        solver = replace(solver, engines=(*solver.engines, *new))
    return replace(schedule, proof=PROVED, solver=solver)
