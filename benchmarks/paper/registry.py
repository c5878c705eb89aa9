"""All claims, in the order and under the titles of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.paper import (
    ablations,
    accounting,
    blackwell_backward,
    blackwell_forward,
    features,
    figure1,
    gaps,
    hardware,
    hopper,
    method,
    search,
)
from benchmarks.paper.claim import Claim

Compute = Callable[[], Claim]

GROUPS: Mapping[str, tuple[Compute, ...]] = {
    "The worked example": figure1.CLAIMS,
    "Input and output": features.CLAIMS,
    "Method": method.CLAIMS,
    "Hopper": hopper.CLAIMS,
    "Blackwell": blackwell_forward.CLAIMS + blackwell_backward.CLAIMS,
    "Ablations": ablations.CLAIMS,
    "Searches": gaps.CLAIMS + search.CLAIMS,
    "What the answers are worth": accounting.CLAIMS,
    "Measurements": hardware.CLAIMS,
}


def name_of(compute: Compute) -> str:
    """The name of a claim: its function is ``claim_`` and the name."""
    return str(getattr(compute, "__name__", "")).removeprefix("claim_")


def computations() -> dict[str, Compute]:
    """Every claim's function by name."""
    return {name_of(compute): compute for claims in GROUPS.values() for compute in claims}
