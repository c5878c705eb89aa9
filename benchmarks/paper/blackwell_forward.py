"""Blackwell forward: the five groups and the pipeline of FA4."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.experts import CORRECTION, forward, matches
from benchmarks.paper.kernels import (
    BLACKWELL_FORWARD,
    both,
    default_schedule,
    default_structure,
    paper_solution,
    paper_structure,
    said,
    smallest,
)
from benchmarks.paper.questions import (
    Question,
    ask_default,
    ask_paper,
    feasible_at,
    problem_of,
    sat_at,
)
from benchmarks.paper.structure import (
    Structure,
    fa3_pipelined,
    named,
    of_paper,
    ping_pong,
    tiles,
    value_of,
)

ISSUE = "concurrency=issue"


STEADY = "liveness=steady"


FA4 = replace(BLACKWELL_FORWARD, fixed=forward(problem_of(BLACKWELL_FORWARD), "b200"))


FA4_SHARED = replace(FA4, changes=("roles.register_file=68608",))
"""FA4 has loads and multiplies in one warp group: registers of one group fewer are taken."""


def claim_fa4_groups() -> Claim:
    """Loads; multiplies; softmax A; softmax B; the rescale of both: among the optima."""
    least, ii = paper_solution(BLACKWELL_FORWARD).ii, default_schedule(BLACKWELL_FORWARD).ii
    literal, ours = sat_at(_fa4(), least), feasible_at(FA4_SHARED, ii)
    return Claim(
        "fa4_groups",
        "6.2.2",
        "Blackwell forward: the five groups of FA4",
        "found: loads; multiplies; softmax of A; softmax of B; the rescale of both",
        "a schedule with exactly these groups exists at the smallest I (without a second"
        " objective, any optimum may come out)",
        (
            Finding("paper", verdict(literal), _fa4_by_reading(least)),
            Finding("default", verdict(ours), _fa4_by_default(ii, ours)),
        ),
        (
            *both(BLACKWELL_FORWARD),
            replace(BLACKWELL_FORWARD, readings=("places=5", STEADY, ISSUE)).command("paper"),
            "python -m benchmarks.structures",
        ),
        {"I": least, "literal": literal, "II": ii, "default": ours},
    )


def _fa4(*readings: str) -> Question:
    return replace(FA4, readings=("places=5", *readings))


def _fa4_by_reading(least: int) -> str:
    """The printed figures, then each obstacle taken away."""
    anywhere = ask_paper(_fa4()).solution
    steady, both_open = sat_at(_fa4(STEADY), least), sat_at(_fa4(STEADY, ISSUE), least)
    own = ask_paper(_fa4(STEADY)).solution
    return (
        f"with these groups {'I ' + str(anywhere.ii) if anywhere else 'no I at all'}: both"
        f" outputs are alive in registers at T, on one group; counted modulo I: {said(steady)}"
        f" at I {least}{f', I {own.ii} needed' if own else ''}; and with operations in flight"
        f" only while they issue: {said(both_open)}. The answer itself has"
        f" {_shape(paper_structure(BLACKWELL_FORWARD))}"
    )


def _fa4_by_default(ii: int, ours: bool | None) -> str:
    alone, shared = ask_default(FA4, False), ask_default(FA4_SHARED, False)
    groups = len(default_structure(BLACKWELL_FORWARD).groups())
    return (
        f"at II {ii}: {said(ours)}. Smallest II with these groups: {smallest(alone.schedule)} with"
        f" a warp group for each role (register file), {smallest(shared.schedule)} where loads and"
        f" multiplies share one, as in FA4. The optimum found has {groups} roles"
    )


def _shape(structure: Structure) -> str:
    own = "FA4's groups" if matches(structure, FA4.fixed) else "other groups"
    return f"{len(structure.groups())} groups, {own}"


def claim_fa4_pipeline() -> Claim:
    """The first multiply a step ahead; exponentials under the other sub-tile's multiplies."""
    paper, default = paper_structure(BLACKWELL_FORWARD), default_structure(BLACKWELL_FORWARD)
    grouped = ask_paper(_fa4(STEADY, ISSUE))
    expert = of_paper(grouped) if grouped.solution else paper
    holds = _as_fa4(paper) or _as_fa4(expert)
    return Claim(
        "fa4_pipeline",
        "6.2.2",
        "Blackwell forward: the pipeline of FA4",
        "the first multiply of each sub-tile is hoisted to the prologue; the exponential of one"
        " runs during the multiplies of the other while an accumulator is rescaled",
        "S of the next iteration issues before O of this one on every sub-tile, and each"
        " exponential meets multiplies of the other sub-tile and a rescale",
        (
            Finding(
                "paper",
                verdict(holds),
                f"the answer: {_overlaps(paper)}. With FA4's groups (liveness modulo I,"
                f" concurrency=issue) at I {expert.ii}: {_overlaps(expert)}",
            ),
            Finding("default", verdict(_as_fa4(default)), _overlaps(default)),
        ),
        both(BLACKWELL_FORWARD),
        right=_AHEAD if holds and not _as_fa4(default) else "",
    )


_AHEAD = (
    "the default profile: in FA4 too P takes over the tensor memory of S, and two S and two O"
    " fill all 512 columns, so S of the next iteration cannot be issued before O of this one has"
    " read P. What is hoisted there is the start of the loop's body, not the multiply. Profile"
    " paper gives P storage of its own, and its answer does not fit (see memory accounting)"
)


def _as_fa4(structure: Structure) -> bool:
    return (
        fa3_pipelined(structure) == tiles(structure)
        and min(ping_pong(structure).values()) > 0
        and all(_rescaled_under(structure, tile) for tile in tiles(structure))
    )


def _rescaled_under(structure: Structure, tile: str) -> bool:
    """Whether some accumulator is moved or rescaled during a sub-tile's exponential."""
    exp = structure.phases(named("p", tile), "sfu")
    moved = [op for op in structure.start if value_of(op) in CORRECTION]
    units = ("fma", "tensor_read", "tensor_write")
    return any(exp & structure.busy(moved, unit) for unit in units)


def _overlaps(structure: Structure) -> str:
    shares = ping_pong(structure)
    meets = [tile for tile in tiles(structure) if _rescaled_under(structure, tile)]
    ahead = ", ".join(fa3_pipelined(structure)) or "none"
    under = ", ".join(f"{tile} {share:.0%}" for tile, share in shares.items())
    return (
        f"S ahead of O: {ahead}; exp under the other's multiplies: {under};"
        f" a rescale during exp: {', '.join(meets) or 'none'}"
    )


CLAIMS = (
    claim_fa4_groups,
    claim_fa4_pipeline,
)
