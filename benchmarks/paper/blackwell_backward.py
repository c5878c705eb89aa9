"""Blackwell backward: groups, with all and with fewer registers."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.experts import fa4_backward
from benchmarks.paper.kernels import (
    BLACKWELL_BACKWARD,
    both,
    default_schedule,
    default_structure,
    paper_solution,
    paper_structure,
    said,
    smallest,
)
from benchmarks.paper.questions import (
    ask_default,
    ask_paper,
    feasible_at,
    problem_of,
    sat_at,
)
from benchmarks.paper.structure import (
    Structure,
    value_of,
)

REDUCED = replace(BLACKWELL_BACKWARD, registers=128)


FA4_BACKWARD = replace(BLACKWELL_BACKWARD, fixed=fa4_backward(problem_of(BLACKWELL_BACKWARD)))


def claim_blackwell_backward_full() -> Claim:
    """Two groups that take turns with exponentials and the staging of dQ."""
    paper, default = paper_structure(BLACKWELL_BACKWARD), default_structure(BLACKWELL_BACKWARD)
    return Claim(
        "blackwell_backward_full",
        "6.4",
        "Blackwell backward, full register budget: two groups",
        "two groups that ping-pong between the exponential and the staging of dQ",
        "of the groups besides loads and multiplies there are two, and each has exponentials"
        " and stages dQ",
        (
            Finding("paper", verdict(_two_groups(paper)), _work(paper)),
            Finding("default", verdict(_two_groups(default)), _work(default)),
        ),
        both(BLACKWELL_BACKWARD),
    )


def _workers(structure: Structure) -> list[set[str]]:
    """What the groups do that have more than loads and multiplies."""
    plain = {"Q", "dO", "lse", "delta", "S", "dP", "dV", "dK", "dQ"}
    found = [{value_of(op) for op in group} for group in structure.groups()]
    return [group for group in found if group - plain]


def _two_groups(structure: Structure) -> bool:
    groups = _workers(structure)
    return len(groups) == 2 and all({"p", "dQ_sum"} <= group for group in groups)


def _work(structure: Structure) -> str:
    groups = _workers(structure)
    exps = sum("p" in group for group in groups)
    staging = sum("dQ_sum" in group for group in groups)
    return (
        f"I {structure.ii}: {len(structure.groups())} groups, {exps} with the exponential,"
        f" {staging} with staging of dQ"
    )


def claim_blackwell_backward_reduced() -> Claim:
    """FA4's groups, one of which only stages dQ, with fewer registers per thread."""
    least = paper_solution(BLACKWELL_BACKWARD).ii
    fixed = replace(FA4_BACKWARD, registers=REDUCED.registers)
    literal = sat_at(fixed, least)
    sounder = sat_at(replace(fixed, readings=("liveness=steady", "concurrency=issue")), least)
    ii = default_schedule(BLACKWELL_BACKWARD).ii
    ours = feasible_at(fixed, ii)
    return Claim(
        "blackwell_backward_reduced",
        "6.4",
        "Blackwell backward, reduced register budget: the groups of FA4",
        "with fewer registers per thread and three groups of warps: essentially FA4",
        f"at the smallest I of the full budget, a schedule with {REDUCED.registers} registers"
        " per thread and FA4's groups (loads; multiplies; gradients; staging of dQ) exists",
        (
            Finding(
                "paper",
                verdict(literal),
                f"at I {least}: {said(literal)}; with liveness modulo I and operations in flight"
                f" only while they issue: {said(sounder)}",
            ),
            Finding("default", verdict(ours), f"at II {ii}: {said(ours)}"),
        ),
        (REDUCED.command("paper"), REDUCED.command("default")),
        {"registers": REDUCED.registers},
        _printed(ours, sounder) if literal != ours else "",
    )


def _printed(ours: bool | None, sounder: bool | None) -> str:
    """Which of the answers is right where the figures refuse FA4's groups."""
    if ours:
        return (
            "the default profile: its schedule with these groups verifies at machine cycles. The"
            f" figures as printed refuse them; with the two sounder readings: {said(sounder)}"
        )
    return "the default profile: it counts modulo II and has no literal CONCURRENCY or INIT"


def claim_blackwell_backward_smaller_i() -> Claim:
    """A smaller I with fewer registers: impossible where nothing else changes."""
    full, fewer = ask_paper(BLACKWELL_BACKWARD), ask_paper(REDUCED)
    assert full.solution is not None
    assert fewer.solution is not None
    ii, reduced = default_schedule(BLACKWELL_BACKWARD), ask_default(REDUCED, False).schedule
    return Claim(
        "blackwell_backward_smaller_i",
        "6.4",
        "Blackwell backward: a smaller I with the reduced budget",
        "the run with the reduced budget (and three groups) has a smaller I than the default run",
        "I with fewer registers is smaller, all else equal",
        (
            Finding(
                "paper",
                verdict(fewer.solution.ii < full.solution.ii),
                f"I {full.solution.ii} with the full budget, {fewer.solution.ii} with"
                f" {REDUCED.registers} registers. {_NESTED}",
            ),
            Finding(
                "default",
                verdict(reduced is not None and reduced.ii < ii.ii),
                f"II {ii.ii} with the full budget, {smallest(reduced)} with {REDUCED.registers}",
            ),
        ),
        (*both(BLACKWELL_BACKWARD), REDUCED.command("paper"), REDUCED.command("default")),
    )


_NESTED = (
    "A smaller budget only takes schedules away, so the paper's smaller I must come from what"
    " changed with it: the third group"
)


CLAIMS = (
    claim_blackwell_backward_full,
    claim_blackwell_backward_reduced,
    claim_blackwell_backward_smaller_i,
)
