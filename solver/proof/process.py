"""Runs a refutation in a child process, so that it can be stopped at any time."""

from __future__ import annotations

import pickle
import subprocess
from collections.abc import Sequence

from twill.problem import Problem
from twill.solver.options import Stop
from twill.solver.proof.job import Job, Report
from twill.solver.proof.refute import Effort
from twill.solver.proof.spare import Spare, started

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
    spare: Spare | None = None,
) -> tuple[Report, ...]:
    """Refutations of one II after the other, up to one that has a schedule or is not decided.

    ``asked`` are problems with stricter limits, where those are to be refuted, one after the
    other. A limit that strikes, or a stop, ends it with what says nothing. ``spare``: a process
    that may be there already.
    """
    stopped = effort.seconds <= 0 or (stop is not None and stop.requested)
    if not iis or stopped or len(claimed.ops) > MOST_OPS:
        return ()
    job = pickle.dumps(Job(claimed, tuple(asked) or (claimed,), tuple(iis), effort, memory))
    with spare.take() if spare is not None else started() as child:
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


def _reports(out: bytes) -> tuple[Report, ...]:
    found: tuple[Report, ...] = pickle.loads(out)  # noqa: S301 (from our own child process)
    return found
