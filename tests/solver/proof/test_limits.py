"""A proof that is not finished is none: the outcome stays one engine's word."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from benchmarks.cases import tight
from tests.solver.proof.small import values
from tests.solver.smt.test_engine import pigeons
from tests.solver.test_search import accumulators
from twill.problem import Problem
from twill.schedule import Infeasible, Optimal, Outcome, Refutation
from twill.solver import SolveOptions, Stop, solve
from twill.solver.clock import Clock
from twill.solver.proof import process
from twill.solver.proof import prove as proving
from twill.solver.proof.certificate import certificate_files
from twill.solver.proof.job import Report
from twill.solver.proof.process import attempt
from twill.solver.proof.refute import Effort
from twill.solver.proof.spare import Spare

WORD = "one engine's word"


def word(problem: Problem) -> Optimal:
    """What is claimed of a problem before it is proved."""
    outcome = solve(problem, SolveOptions(workers=1, proof_limit=0))
    assert isinstance(outcome, Optimal)
    assert outcome.schedule.proof == WORD
    return outcome


def prove(outcome: Outcome, stop: Stop | None = None) -> Outcome:
    """What becomes of it."""
    return proving.prove(values(), outcome, Clock(SolveOptions(), stop or Stop(), None))


class Late(Stop):
    """A stop that is requested a moment after the child was started."""

    def watch(self, interrupt: Callable[[], None]) -> Callable[[], None]:
        """Register, and ask for the stop from another thread."""
        forget = super().watch(interrupt)
        threading.Timer(0.2, self.request).start()
        return forget


def test_a_refutation_in_a_child() -> None:
    """The file of one II; a schedule of the next ends it."""
    first, second = attempt(values(), [3, 4, 5], Effort())
    assert (first.ii, first.found, second.ii, second.refutation) == (3, None, 4, None)
    assert first.refutation is not None
    assert second.found is not None
    assert attempt(values(), [3], Effort()) == (first,)


def test_a_child_that_waits_does_the_same() -> None:
    """It is used up by its job; the next is a new one."""
    expected = attempt(values(), [3], Effort())
    spare = Spare()
    spare.prepare()
    spare.prepare()
    assert attempt(values(), [3], Effort(), spare=spare) == expected
    assert attempt(values(), [3], Effort(), spare=spare) == expected
    spare.end()


def test_a_child_that_nobody_needs_ends() -> None:
    """When it is told to, or when its stdin is closed as by a parent that is gone."""
    spare = Spare()
    spare.prepare()
    child = spare.take()
    assert child.poll() is None
    out, _ = child.communicate(b"", 60)
    assert (out, child.returncode) == (b"", 0)
    spare.prepare()
    spare.end()
    spare.end()


def test_limits_of_effort_end_it_with_what_says_nothing() -> None:
    """Rounds, and seconds; and nothing is started where none are left."""
    (report,) = attempt(values(), [3], Effort(rounds=1))
    assert report == Report(3, 1)
    reports = attempt(pigeons(), [10], Effort(seconds=0.1))
    assert [each for each in reports if each.refutation or each.found] == []
    assert attempt(values(), [3], Effort(seconds=0)) == ()


def test_a_child_that_outlives_its_time_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its effort says nothing of how long one round takes."""
    monkeypatch.setattr(process, "GRACE", -9.5)
    assert attempt(pigeons(), [10], Effort(seconds=10)) == ()


def test_a_child_without_memory_says_nothing() -> None:
    """A mebibyte does not even start it."""
    assert attempt(values(), [3], Effort(), memory=1 << 20) == ()


def test_a_stop_kills_the_child() -> None:
    """Asked before, no child is started; asked while it runs, it ends."""
    stop = Stop()
    stop.request()
    assert attempt(values(), [3], Effort(), stop) == ()
    assert attempt(pigeons(), [10], Effort(seconds=100), Late()) == ()


def limited(effort: Effort) -> Callable[..., tuple[Report, ...]]:
    """An attempt under another effort than the one asked for."""

    def run(
        claimed: Problem,
        iis: Sequence[int],
        _: Effort,
        stop: Stop | None = None,
        asked: Sequence[Problem] = (),
        spare: Spare | None = None,
    ) -> tuple[Report, ...]:
        return attempt(claimed, iis, effort, stop, asked, spare=spare)

    return run


@pytest.mark.parametrize(
    "instead",
    [
        partial(attempt, memory=1 << 20),
        limited(Effort(rounds=1)),
        limited(Effort(seconds=0)),
    ],
    ids=["memory", "rounds", "seconds"],
)
def test_one_engines_word_it_stays(
    monkeypatch: pytest.MonkeyPatch, instead: Callable[..., tuple[Report, ...]]
) -> None:
    """Whatever limit strikes, the outcome is what it was, and there is no certificate of it."""
    outcome = word(values())
    monkeypatch.setattr(proving, "attempt", instead)
    assert prove(outcome) == outcome
    assert certificate_files(values(), outcome) == {}


def test_a_stopped_proof_leaves_one_engines_word() -> None:
    """Who stops while the proof is looked for has the schedule all the same."""
    outcome, stop = word(values()), Stop()
    stop.request()
    assert prove(outcome, stop) == outcome


def test_what_the_search_refuted_needs_no_more_time() -> None:
    """Its proof is checked and counts, though no further one may be looked for; others do not."""
    outcome, clock = word(values()), Clock(SolveOptions(proof_limit=0), Stop())
    reports = attempt(values(), [2, 3], Effort())
    found = [Refutation(each.ii, each.refutation or b"") for each in reports]
    proved = proving.prove(values(), replace(outcome, refutations=tuple(found)), clock)
    assert isinstance(proved, Optimal)
    assert proved.schedule.proof == "proved by a checked refutation"
    assert proved.refutations == tuple(found[1:])
    assert proving.prove(values(), outcome, clock) == outcome


def test_a_certificate_stands_behind_its_own_words_only() -> None:
    """Refutations at hand do not make one of what is called one engine's word."""
    outcome = word(values())
    (report,) = attempt(values(), [3], Effort())
    refuted = replace(outcome, refutations=(Refutation(3, report.refutation or b""),))
    assert certificate_files(values(), refuted) == {}


def test_part_of_a_chain_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two IIs that must be refuted one is: nothing is claimed of it."""
    outcome = word(values())
    monkeypatch.setattr(proving, "_open", lambda *_: range(2, 4))
    monkeypatch.setattr(
        proving, "attempt", lambda p, iis, *rest, **more: attempt(p, list(iis)[:1], *rest, **more)
    )
    assert prove(outcome) == outcome


def test_the_proof_is_the_same_every_time() -> None:
    """The same certificate and the same refutation, byte for byte."""
    outcome = word(values())
    first, second = (certificate_files(values(), prove(outcome)) for _ in range(2))
    assert first == second
    assert sorted(first) == ["certificate.json", "refutation-3.json.xz"]


def test_the_order_of_hashes_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the child walks through a set of names."""
    files = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        (report,) = attempt(tight(1, 2, 168), [2205], Effort())
        files.append(report.refutation)
    assert files[0] == files[1]
    assert files[0] is not None


def test_infeasible_stays_one_engines_word_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the refutation at the horizon there is no certificate."""
    outcome = solve(accumulators(), SolveOptions(workers=1, proof_limit=0))
    assert isinstance(outcome, Infeasible)
    assert outcome.proof == WORD
    monkeypatch.setattr(proving, "attempt", limited(Effort(rounds=0)))
    clock = Clock(SolveOptions(), Stop(), None)
    assert proving.prove(accumulators(), outcome, clock) == outcome
    assert certificate_files(accumulators(), outcome) == {}
