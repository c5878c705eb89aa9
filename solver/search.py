"""The whole search: what is impossible, bounds, the smallest II, further levels, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twill.problem import Problem
from twill.schedule import (
    Feasible,
    Infeasible,
    Level,
    Optimal,
    Outcome,
    Proof,
    Reason,
    Schedule,
    SolverInfo,
    Unknown,
)
from twill.solver.assemble import Claim, assemble
from twill.solver.bounds import Bounds, bounds
from twill.solver.clock import Clock
from twill.solver.disagreement import VerificationFailed
from twill.solver.impossible import impossible
from twill.solver.options import OnProgress, SolveOptions, Stop
from twill.verify import verify

if TYPE_CHECKING:
    from twill.solver.minimal_ii import Found
    from twill.solver.rounds import Best


def solve(
    problem: Problem,
    options: SolveOptions | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
    known: Schedule | None = None,
) -> Outcome:
    """The schedule with the smallest II, then the best in the further levels.

    Returns within the time limit, or soon after ``stop.request()``, with the best schedule
    and bound known by then. Raises VerificationFailed if an engine's answer does not verify,
    EnginesDisagree if one finds what another one refuted, and RefutationRejected if our own
    checker does not accept our own proof. ``known``: a schedule to begin with, say of a problem
    with more constraints; one that does not verify here is left aside.
    """
    clock = Clock(options or SolveOptions(), stop or Stop(), on_progress)
    try:
        return _shown(problem, clock, known)
    finally:
        clock.spare.end()


def _shown(problem: Problem, clock: Clock, known: Schedule | None) -> Outcome:
    """What is found, and shown to be so."""
    outcome = _solved(problem, clock, known)
    if _rests_on_a_word(outcome):
        from twill.solver.proof.prove import prove

        outcome = prove(problem, outcome, clock)
    if not (clock.options.cross_check and _rests_on_a_word(outcome)):
        return outcome
    from twill.solver.second_opinion import cross_check

    return cross_check(problem, outcome, clock)


def _rests_on_a_word(outcome: Outcome) -> bool:
    """Whether one engine's word is all that a claim rests on."""
    claimed = outcome.schedule if isinstance(outcome, Optimal) else outcome
    return getattr(claimed, "proof", None) == "one engine's word"


def _solved(problem: Problem, clock: Clock, known: Schedule | None) -> Outcome:
    """One engine's answer."""
    reason = impossible(problem)
    if reason is not None:
        return Infeasible(reason, "proved by arithmetic")
    limits = bounds(problem)
    if limits.ii is None:
        return Infeasible(_no_circuit(limits), "proved by arithmetic")
    from twill.solver.ahead import Ahead
    from twill.solver.holds import adopted
    from twill.solver.minimal_ii import Search

    first = adopted(problem, known) if known is not None else None
    with Ahead(problem, clock) as ahead:
        found = Search(problem, limits.ii, clock, first, ahead).run()
        best = ahead.best(found.assignment) if found.assignment is not None else None
    if found.nowhere:
        return Infeasible(_nowhere(problem, found), "one engine's word", found.refutations)
    if best is None:
        why = (
            f"no schedule found ({clock.why_over()}); every II below {found.lower_bound} is"
            " excluded"
        )
        return Unknown(Reason(why, (), ("a longer --time-limit",)), found.lower_bound)
    return _outcome(problem, limits, found, best, clock)


def _outcome(
    problem: Problem, limits: Bounds, found: Found, best: Best, clock: Clock
) -> Optimal | Feasible:
    """The verified schedule with what is claimed of it."""
    ii = best.assignment.ii
    optimal = ii == found.lower_bound
    proof: Proof = "not proved"
    if optimal:
        proof = "proved by arithmetic" if ii == limits.ii else "one engine's word"
    level = Level("ii", ii, "cycles", found.lower_bound, optimal)
    claim = Claim(
        "optimal" if optimal else "feasible", found.lower_bound, proof, (level, *best.levels)
    )
    info = SolverInfo(
        ("cp-sat",),
        clock.options.seed,
        clock.options.workers,
        round(clock.elapsed, 3),
        round(clock.work, 3),
    )
    schedule = checked(problem, best, claim, info)
    if optimal:
        return Optimal(schedule, found.refutations)
    why = (
        f"II {ii} is feasible, every II below {found.lower_bound} is excluded, between them nothing"
        f" is known ({clock.why_over() if clock.over else 'the engine gave up'})"
    )
    return Feasible(schedule, Reason(why, (), ("a longer --time-limit",)))


def checked(problem: Problem, best: Best, claim: Claim, info: SolverInfo) -> Schedule:
    """Assemble and verify; nothing else becomes a result."""
    from twill.formats.canonical import problem_digest

    schedule = assemble(
        problem,
        problem_digest(problem),
        best.assignment.ii,
        best.assignment.start,
        best.assignment.role,
        claim,
        info,
    )
    violations = verify(problem, schedule)
    if violations:
        raise VerificationFailed(violations)
    return schedule


def _no_circuit(limits: Bounds) -> Reason:
    return Reason(
        f"a circuit of dependences and rings takes time but no iteration: {limits.impossible}",
        (),
        (
            "carry the value to a later iteration (@-1)",
            "a larger memory, or a smaller tile (--set)",
        ),
    )


def _nowhere(problem: Problem, found: Found) -> Reason:
    at = max(found.refuted)
    return Reason(
        f"no schedule exists at any II within {problem.limits.max_stages} stages: refuted at II"
        f" {at}, above which a longer period cannot help (docs/problem.md, lemma 3)",
        (),
        ("more registers, roles or memory", "a smaller tile (--set)", "more stages"),
    )
