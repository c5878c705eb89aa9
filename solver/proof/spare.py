"""A child process that is started before there is a job for it: that takes a quarter second."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "twill.solver.proof.child"]


class Spare:
    """At most one process that waits for a job on its stdin, and ends without one."""

    def __init__(self) -> None:
        self._waiting: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Let one wait: a job is likely."""
        if self._waiting is None:
            self._waiting = started()

    def take(self) -> subprocess.Popen[bytes]:
        """The one that waits, or another."""
        taken, self._waiting = self._waiting, None
        return taken or started()

    def end(self) -> None:
        """Nobody waits any more."""
        if self._waiting is not None:
            with self._waiting as child:
                child.kill()
            self._waiting = None


def started() -> subprocess.Popen[bytes]:
    """A new child process."""
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 (our own interpreter, our own module)
        COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_same_modules()
    )


def _same_modules() -> dict[str, str]:
    """An environment in which the child finds the modules that this process has found."""
    places = (place or str(Path.cwd()) for place in sys.path)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
