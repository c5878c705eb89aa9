"""What a report says beyond the problem and the outcome: names, digests, units of speed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """Where the problem came from; None where that is not known (a bare problem.json).

    ``flop``: floating-point operations per iteration of one SM. ``tile``: its
    parameters and sub-tiles in words. ``interrupted``: the reader stopped the search.
    ``cached_s``: the seconds of the earlier search that the outcome comes from, if it does.
    Digests are SHA-256 in hex.
    """

    problem_digest: str = ""
    spec: str | None = None
    spec_digest: str = ""
    machine: str | None = None
    machine_digest: str = ""
    clock_ghz: float | None = None
    sm_count: int | None = None
    flop: int | None = None
    tile: str = ""
    interrupted: bool = False
    cached_s: float | None = None

    def tflops(self, ii: int) -> float | None:
        """The whole GPU's rate in the steady state at ``ii`` cycles per iteration."""
        if not (self.flop and self.clock_ghz and self.sm_count):
            return None
        return self.flop / ii * self.sm_count * self.clock_ghz / 1000
