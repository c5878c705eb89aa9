"""Long work that Ctrl-C ends early with what it has, and a second Ctrl-C aborts."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from twill.solver.options import Stop

T = TypeVar("T")
_POLL_S = 0.1


class _Worker(Generic[T]):
    """A thread that keeps the result of its work, or what it raised."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="solve", daemon=True)

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again in wait()
            self._error = error

    def wait(self) -> T:
        """The result. Waits in short steps: a blocked main thread would get no signals."""
        self._thread.start()
        while self._thread.is_alive():
            self._thread.join(_POLL_S)
        if self._error is not None:
            raise self._error
        return self._result[0]


def interruptible(work: Callable[[Stop], T], on_stop: Callable[[], None]) -> tuple[T, bool]:
    """The result of ``work`` in a thread of its own, and whether the user cut it short.

    The first SIGINT or SIGTERM requests the stop and calls ``on_stop``; the second raises
    KeyboardInterrupt here and leaves the thread behind.
    """
    stop = Stop()

    def handle(_signal: int, _frame: object) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.request()
        on_stop()

    with _handling(handle):
        result = _Worker(lambda: work(stop)).wait()
    return result, stop.requested


@contextmanager
def _handling(handle: Callable[[int, object], None]) -> Iterator[None]:
    """The handler in place while inside; only the main thread of a process may do that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in caught]
    try:
        yield
    finally:
        for number, handler in zip(caught, before, strict=True):
            signal.signal(number, handler)
