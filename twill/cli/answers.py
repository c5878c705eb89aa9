"""The answer to what the user asked: from the cache, else from a search, which is then kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from twill.diagnostics import InputError
from twill.schedule import Feasible, Optimal, Outcome

if TYPE_CHECKING:
    from twill.cache import Entry, Question, Store
    from twill.cli.inputs import Model
    from twill.problem import Problem
    from twill.solver.options import SolveOptions

Search = Callable[[], tuple[Outcome, bool]]
"""The outcome, and whether the user cut the search short."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome; ``interrupted``: the user cut its search short.

    ``cached_s``: the seconds that finding it took where it comes from the cache, else None.
    """

    outcome: Outcome
    interrupted: bool = False
    cached_s: float | None = None


@dataclass(frozen=True, slots=True)
class Cache:
    """One question to a store. Whatever fails is a note at most: there is always the search."""

    store: Store
    question: Question
    problem: Problem
    time_limit: float
    note: Callable[[str], None]

    def find(self) -> Entry | None:
        """The answer of an earlier search, checked."""
        from twill.cache import DamagedEntry

        try:
            entry = self.store.find(self.question, self.problem, self.time_limit)
            if entry is not None:
                _check_proof(self.problem, entry.outcome)
        except DamagedEntry as damage:
            self.note(f"note: the cached answer is not believed, {damage}; searching again")
            return None
        except OSError as error:
            self.note(f"note: the cache cannot be read: {_why(error)}")
            return None
        return entry

    def keep(self, outcome: Outcome, took_s: float) -> None:
        """Keep what a search that ran to its end found."""
        from twill.cache import Entry

        try:
            self.store.keep(self.question, Entry(outcome, self.time_limit, round(took_s, 3)))
        except OSError as error:
            self.note(f"note: the answer is not cached: {_why(error)}")
        except InputError as error:
            self.note(f"note: the answer is not cached: {error.diagnostics[0].message}")


def open_cache(model: Model, options: SolveOptions, note: Callable[[str], None]) -> Cache | None:
    """The cache at the question that a search with these options answers; None without a home."""
    from twill.cache import Store, cache_folder, question

    folder = cache_folder()
    if folder is None:
        note("note: no cache: there is no home folder; TWILL_CACHE_DIR names another")
        return None
    deciding = asdict(options)
    time_limit = deciding.pop("time_limit")
    try:
        asked = question(model.digest, deciding)
    except OSError as error:
        note(f"note: no cache: the sources of twill cannot be read: {_why(error)}")
        return None
    return Cache(Store(folder), asked, model.problem, time_limit, note)


def answer(cache: Cache | None, search: Search) -> Answer:
    """The kept answer, else the one that the search finds."""
    found = cache.find() if cache is not None else None
    if found is not None:
        return Answer(found.outcome, cached_s=found.took_s)
    began = time.monotonic()
    outcome, interrupted = search()
    if cache is not None and not interrupted:
        cache.keep(outcome, time.monotonic() - began)
    return Answer(outcome, interrupted)


def _check_proof(problem: Problem, outcome: Outcome) -> None:
    """Compute again what arithmetic proves, check again what was refuted. Raises DamagedEntry."""
    from twill.cache import DamagedEntry
    from twill.solver.bounds import bounds
    from twill.solver.proof.prove import RefutationRejected, check_outcome

    claimed = outcome.schedule if isinstance(outcome, Optimal | Feasible) else outcome
    proof = getattr(claimed, "proof", None)
    if proof == "proved by arithmetic" and isinstance(outcome, Optimal):
        if bounds(problem).ii != outcome.schedule.ii:
            raise DamagedEntry("arithmetic does not prove what it claims")
    elif proof in ("proved by arithmetic", "proved by a checked refutation"):
        try:
            check_outcome(problem, outcome)
        except RefutationRejected as fault:
            raise DamagedEntry(str(fault)) from None


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
