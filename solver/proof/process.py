"""Runs a refutation in a child process, so that it can be stopped at any time."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from twill.problem import Problem
from twill.solver.options import Stop
from twill.solver.proof.job import Job, Report
from twill.solver.proof.refute import Effort

MEMORY = 4 << 30
"""Bytes of address space that the child may take."""

MOST_OPS = 90
"""Operations of a problem up to which it is tried: sharing a role is stated of every three."""

GRACE = 5.0
"""Seconds for starting, and for writing the proof down after the search."""


def attempt(
    claimed: Problem,
    iis: Sequence[int],
    effort: Effort,
    stop: Stop | None = None,
    asked: Sequence[Problem] = (),
    memory: int = MEMORY,
) -> tuple[Report, ...]:
    """Refutations of one II after the other, up to one that has a schedule or is not decided.

    ``asked`` are problems with stricter limits, where those are to be refuted, one after the
    other. A limit that strikes, or a stop, ends it with what says nothing.
    """
    stopped = effort.seconds <= 0 or (stop is not None and stop.requested)
    if not iis or stopped or len(claimed.ops) > MOST_OPS:
        return ()
    job = pickle.dumps(Job(claimed, tuple(asked) or (claimed,), tuple(iis), effort, memory))
    command = [sys.executable, "-m", "twill.solver.proof.child"]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 (our own interpreter, our own module)
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_same_modules()
    ) as child:
        forget = stop.watch(child.kill) if stop is not None else None
        try:
            out, _ = child.communicate(job, effort.seconds + GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return ()
        finally:
            if forget is not None:
                forget()
        return _reports(out) if child.returncode == 0 else ()


def _same_modules() -> dict[str, str]:
    """An environment in which the child finds the modules that this process has found."""
    places = (place or str(Path.cwd()) for place in sys.path)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


def _reports(out: bytes) -> tuple[Report, ...]:
    found: tuple[Report, ...] = pickle.loads(out)  # noqa: S301 (from our own child process)
    return found
