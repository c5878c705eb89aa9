"""A joint I above that of the modulo schedule."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.paper.claim import Claim, Finding, Verdict, verdict
from benchmarks.paper.kernels import (
    BLACKWELL_BACKWARD,
    KERNELS,
    both,
    default_schedule,
)
from benchmarks.paper.questions import (
    Question,
    ask_default,
    ask_paper,
    problem_of,
)
from twill.relaxation import Group, constraint_groups


def claim_blackwell_backward_gap() -> Claim:
    """Some kernel's joint I is above that of its modulo schedule."""
    outcome = ask_paper(BLACKWELL_BACKWARD)
    assert outcome.first is not None
    assert outcome.solution is not None
    gap = outcome.solution.ii > outcome.first[0]
    alone = Question(
        BLACKWELL_BACKWARD.spec,
        BLACKWELL_BACKWARD.machine,
        lifted=_all_but_modulo(BLACKWELL_BACKWARD),
    )
    plain, joint = ask_default(alone, False).schedule, default_schedule(BLACKWELL_BACKWARD)
    assert plain is not None
    return Claim(
        "blackwell_backward_gap",
        "6.5, Table 1",
        "Blackwell backward: a joint I above the modulo-only I",
        "I = 15 of the modulo schedule becomes 20",
        "the final I is above that of the modulo schedule, for this kernel",
        (
            Finding("paper", verdict(gap), f"I {outcome.first[0]} becomes {outcome.solution.ii}"),
            _gap(plain.ii, joint.ii),
        ),
        both(BLACKWELL_BACKWARD),
    )


def _gap(plain: int, joint: int) -> Finding:
    return Finding("default", verdict(joint > plain), f"II {plain} becomes {joint}")


def claim_joint_above_modulo() -> Claim:
    """The same for the kernel of ours that has such a gap."""
    gaps = {name: _paper_gap(question) for name, question in KERNELS.items()}
    found = {}
    for name, question in KERNELS.items():
        alone = replace(question, lifted=_all_but_modulo(question))
        plain = ask_default(alone, False).schedule
        assert plain is not None
        found[name] = (plain.ii, default_schedule(question).ii)
    return Claim(
        "joint_above_modulo",
        "6.5, Table 1",
        "A joint I above the modulo-only I, in any kernel",
        "there is such a kernel: phase 1 alone does not suffice",
        "the final I of some kernel is above that of its modulo schedule",
        (
            Finding("paper", _any(gaps), _listed(gaps)),
            Finding("default", _any(found), _listed(found)),
        ),
        tuple(question.command(p) for question in KERNELS.values() for p in ("paper", "default")),
        {"paper": gaps, "default": found},
    )


def _any(gaps: dict[str, tuple[int, int]]) -> Verdict:
    return verdict(any(joint > modulo for modulo, joint in gaps.values()))


def _listed(gaps: dict[str, tuple[int, int]]) -> str:
    return "; ".join(f"{name} {modulo} → {joint}" for name, (modulo, joint) in gaps.items())


def _paper_gap(question: Question) -> tuple[int, int]:
    outcome = ask_paper(question)
    assert outcome.first is not None
    assert outcome.solution is not None
    return outcome.first[0], outcome.solution.ii


def _all_but_modulo(question: Question) -> tuple[Group, ...]:
    """Everything but dependences and units: what phase 1 does not see."""
    kept = {"unit", "delay", "stages"}
    return tuple(g for g in constraint_groups(problem_of(question)) if g.kind not in kept)


CLAIMS = (
    claim_blackwell_backward_gap,
    claim_joint_above_modulo,
)
