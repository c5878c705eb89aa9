"""The budget of one search: wall time, work done, requests to stop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from twill.solver.options import OnProgress, Progress, SolveOptions, Stop
from twill.solver.proof.spare import Spare


@dataclass
class Clock:
    """Time and work of a running search.

    ``spare``: the process that its next refutation is looked for in, if one waits.
    """

    options: SolveOptions
    stop: Stop
    on_progress: OnProgress | None = None
    started: float = field(default_factory=time.monotonic)
    work: float = 0.0
    spare: Spare = field(default_factory=Spare)

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.options.time_limit - self.elapsed

    @property
    def over(self) -> bool:
        """Whether the search must end now."""
        return self.stop.requested or self.left <= 0

    def tell(self, phase: str, ii: int | None, incumbent: str, bound: str) -> None:
        """Report progress."""
        if self.on_progress is not None:
            self.on_progress(Progress(phase, ii, incumbent, bound, self.elapsed, self.work))

    def why_over(self) -> str:
        """What ended the search, in words."""
        if self.stop.requested:
            return "interrupted"
        return f"time limit of {self.options.time_limit:g} s"
