"""What only a GPU, or a kernel written by hand, can show."""

from __future__ import annotations

from benchmarks.paper.claim import Claim, Finding

CLAIMED = {
    "hopper_forward_speed": (
        "6.2.1, Figure 7",
        "Hopper forward: within 1 % of FA3",
        "the kernel of phase 1 is within 1 % of FA3 at sequence length 16384 (about 645 TFLOPS)",
    ),
    "blackwell_forward_speed": (
        "6.2.2, Figure 8",
        "Blackwell forward: within 2 % of FA4",
        "the joint kernel is within 2 % of FA4 at 16384 and competitive with cuDNN",
    ),
    "hopper_backward_speed": (
        "6.3, Figure 10",
        "Hopper backward: competitive with cuDNN, FA3 11 % faster",
        "attributed to FA3's tile of 80 x 128, which Triton cannot have",
    ),
    "blackwell_backward_speed": (
        "6.4, Figure 11",
        "Blackwell backward: the reduced budget avoids spills",
        "with the full budget ptxas spills, with the reduced one it does not; a little faster",
    ),
    "other_systems": (
        "6.2, 6.5",
        "Against Triton and PipeThreader",
        "Triton's heuristics gain little; PipeThreader searches 315 s for forward on Hopper",
    ),
}


def _untested(name: str) -> Claim:
    section, title, theirs = CLAIMED[name]
    needs = "needs kernels and a GPU (or the other system's code) to measure"
    return Claim(
        name,
        section,
        title,
        theirs,
        "measured on the hardware",
        (Finding("both", "not testable without hardware", needs),),
    )


def claim_hopper_forward_speed() -> Claim:
    """Figure 7."""
    return _untested("hopper_forward_speed")


def claim_blackwell_forward_speed() -> Claim:
    """Figure 8."""
    return _untested("blackwell_forward_speed")


def claim_hopper_backward_speed() -> Claim:
    """Figure 10."""
    return _untested("hopper_backward_speed")


def claim_blackwell_backward_speed() -> Claim:
    """Figure 11."""
    return _untested("blackwell_backward_speed")


def claim_other_systems() -> Claim:
    """Baselines."""
    return _untested("other_systems")


CLAIMS = (
    claim_hopper_forward_speed,
    claim_blackwell_forward_speed,
    claim_hopper_backward_speed,
    claim_blackwell_backward_speed,
    claim_other_systems,
)
