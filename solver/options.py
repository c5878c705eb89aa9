"""What a caller may set about a search, see of it, and say to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """Limits and seeds of a search.

    ``time_limit`` is in seconds of wall time, for the whole search. The same input, seed
    and number of workers give the same schedule as long as no time limit strikes.
    ``levels`` are the levels of the objective to minimise after the II, None for all.
    ``proof_limit``: seconds that looking for a refutation that can be checked may take, of the
    time that is left, where arithmetic does not prove the II; 0 for none.
    ``cross_check``: what then still is one engine's word is refuted again by Z3, in the time
    that is left.
    """

    time_limit: float = 300.0
    seed: int = 0
    workers: int = 2
    levels: tuple[str, ...] | None = None
    proof_limit: float = 60.0
    cross_check: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: ``incumbent`` and ``bound`` of the current ``phase``, as text.

    ``work`` is what the engine has done so far, in deterministic units.
    """

    phase: str
    ii: int | None
    incumbent: str
    bound: str
    elapsed: float
    work: float


OnProgress = Callable[[Progress], None]


class Stop:
    """Asks a running search, from any thread, to return the best it has."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._running: dict[int, Callable[[], None]] = {}

    @property
    def requested(self) -> bool:
        """Whether the search was asked to stop."""
        return self._requested

    def request(self) -> None:
        """Ask for it; the engines that are running are interrupted."""
        with self._lock:
            self._requested = True
            for interrupt in self._running.values():
                interrupt()

    def watch(self, interrupt: Callable[[], None]) -> Callable[[], None]:
        """Register how to interrupt an engine that is about to run; call the result after it."""
        with self._lock:
            key = id(interrupt)
            self._running[key] = interrupt
            if self._requested:
                interrupt()
        return lambda: self._forget(key)

    def _forget(self, key: int) -> None:
        with self._lock:
            self._running.pop(key, None)
