"""What profile ``paper`` answers: a schedule in normalised cycles, and how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from twill.schedule import Reason
from twill.solver.paper.options import PaperOptions
from twill.solver.paper.program import Program
from twill.solver.paper.replay import Replay
from twill.solver.paper.rounding import Normalisation
from twill.solver.paper.solution import Solution, Verdict

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True, slots=True)
class Query:
    """One query of SWP-AND-WS: all lengths up to ``length`` with ``copies`` copies at I."""

    ii: int
    copies: int
    length: int
    verdict: Verdict
    work: int


@dataclass(frozen=True, slots=True)
class Step:
    """Algorithm 1 at one I: LEN(M) of phase 1 (None: no modulo schedule) and the queries."""

    ii: int
    length: int | None
    decided: bool
    queries: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Phases:
    """Wall seconds of normalisation, phase 1 (SWP) and SWP-AND-WS; Z3's resource units."""

    normalise: float
    swp: float
    swp_and_ws: float
    work: int


@dataclass(frozen=True)
class PaperOutcome:
    """The answer of profile ``paper`` to a problem.

    ``program`` is in normalised cycles, as is ``solution``. ``optimal``: every smaller I was
    refuted, within the copies that the options admit, and the length is the smallest of its
    window. ``admitted``: what the solution breaks under each sounder accounting. ``replay``:
    the same structure at machine cycles.
    """

    status: Status
    options: PaperOptions
    program: Program
    normalisation: Normalisation | None
    solution: Solution | None
    steps: tuple[Step, ...]
    phases: Phases
    reason: Reason | None = None
    admitted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replay: Replay | None = None

    @property
    def first(self) -> tuple[int, int] | None:
        """I and LEN(M) of the first modulo schedule, the paper's minimum I and L."""
        found = [(s.ii, s.length) for s in self.steps if s.length is not None]
        return found[0] if found else None

    @property
    def cycles(self) -> Mapping[str, float]:
        """I, L and T of the solution in machine cycles, as far as rounding lets one say."""
        if self.solution is None:
            return {}
        scale = float(self.normalisation.scale) if self.normalisation else 1.0
        s = self.solution
        total = (s.copies - 1) * s.ii + s.length
        return {"I": s.ii * scale, "L": s.length * scale, "T": total * scale}
