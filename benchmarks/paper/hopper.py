"""Hopper: the pipeline and the ping-pong of FA3, and what overlaps in the backward pass."""

from __future__ import annotations

import math
from dataclasses import replace

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.experts import forward, matches
from benchmarks.paper.kernels import (
    HOPPER_BACKWARD,
    HOPPER_FORWARD,
    both,
    broken_by_replay,
    default_schedule,
    default_structure,
    paper_solution,
    paper_structure,
    said,
)
from benchmarks.paper.questions import (
    Question,
    ask_default,
    ask_paper,
    feasible_at,
    problem_of,
)
from benchmarks.paper.structure import (
    Structure,
    fa3_pipelined,
    has_ping_pong,
    named,
    of_schedule,
    ping_pong,
    tiles,
)
from twill.problem import Dependence
from twill.relaxation import Group
from twill.solver.bounds import bounds

FREE_REGISTERS = replace(HOPPER_BACKWARD, lifted=(Group("registers"),))
WIDE = replace(HOPPER_BACKWARD, parameters=(("M", 128),))
WIDE_FREE = replace(WIDE, lifted=(Group("registers"),))


def claim_fa3_pipeline() -> Claim:
    """S of the next iteration issues before O of this one."""
    paper, default = paper_structure(HOPPER_FORWARD), default_structure(HOPPER_FORWARD)
    return Claim(
        "fa3_pipeline",
        "6.2.1",
        "Hopper forward: the software pipeline of FA3",
        "found: S of the next iteration is issued before O of this one",
        "so on at least one row sub-tile of the answer",
        (
            Finding("paper", verdict(bool(fa3_pipelined(paper))), _on(paper)),
            Finding("default", verdict(bool(fa3_pipelined(default))), _on(default)),
        ),
        both(HOPPER_FORWARD),
        {"paper": fa3_pipelined(paper), "default": fa3_pipelined(default)},
    )


def claim_fa3_pipeline_on_one_group() -> Claim:
    """The paper applies the pipeline to one warp group, FA3 to both."""
    paper, default = paper_structure(HOPPER_FORWARD), default_structure(HOPPER_FORWARD)
    one = feasible_at(replace(HOPPER_FORWARD, extra=IN_ORDER[:1]), default.ii)
    none = feasible_at(replace(HOPPER_FORWARD, extra=IN_ORDER), default.ii)
    return Claim(
        "fa3_pipeline_on_one_group",
        "6.2.1",
        "Hopper forward: the pipeline on one warp group suffices",
        "the joint answer pipelines one of the two sub-tiles; FA3 pipelines both",
        "some optimal answer pipelines one sub-tile and not the other",
        (
            Finding("paper", verdict(len(fa3_pipelined(paper)) == 1), _on(paper)),
            Finding(
                "default",
                verdict(one),
                f"{_on(default)}; with one of them in order II {default.ii} is {said(one)},"
                f" with both in order {said(none)}",
            ),
        ),
        both(HOPPER_FORWARD),
        {"one_in_order": one, "both_in_order": none},
        _saturated(paper) if one is False else "",
    )


def _saturated(paper: Structure) -> str:
    """Why the default profile needs both: from the use of the tensor core."""
    every = [named(value, tile) for tile in tiles(paper) for value in ("S", "O")]
    busy = len(paper.busy(every, "tensor")) / paper.ii
    return (
        "the default profile: at its II the tensor core is never idle, and one sub-tile's softmax"
        " in order does not fit between its two multiplies. The paper's"
        f" answer keeps the tensor core {busy:.0%} busy and does not run:"
        f" {'; '.join(broken_by_replay(ask_paper(HOPPER_FORWARD)))}"
    )


IN_ORDER = (
    Dependence("O[m1]", "S[m1]", 0, 1, "order"),
    Dependence("O[m0]", "S[m0]", 0, 1, "order"),
)
"""S of the next iteration not before O of this one: no software pipeline on a sub-tile."""


def _on(structure: Structure) -> str:
    found = fa3_pipelined(structure)
    said = ", ".join(found) if found else "none"
    return f"at I {structure.ii}, pipelined: {said} of {', '.join(tiles(structure))}"


def claim_fa3_ping_pong() -> Claim:
    """One sub-tile's exponential runs during the other's multiplies."""
    paper, free = paper_structure(HOPPER_FORWARD), default_structure(HOPPER_FORWARD)
    forced = replace(HOPPER_FORWARD, extra=TURNS)
    answer = ask_default(forced)
    found = of_schedule(problem_of(forced), answer.schedule) if answer.schedule else None
    among = found is not None and found.ii == free.ii and has_ping_pong(found)
    shape = matches(found, forward(problem_of(forced), "h100")) if found is not None else False
    text = (
        f"the answer itself: {_shares(free)}; with FA3's turns of the tensor core asked for:"
        f" {_shares(found) if found else 'no schedule'} at II {found.ii if found else '-'} of"
        f" {free.ii}, roles {'of FA3' if shape else 'not of FA3'}; {_level(forced)}"
    )
    return Claim(
        "fa3_ping_pong",
        "6.2.1",
        "Hopper forward: the ping-pong of FA3",
        "found: the softmax of one sub-tile runs during the multiplies of the other",
        "in some optimal answer each sub-tile's exponential spends half of its time or more"
        " under the other sub-tile's multiplies",
        (
            Finding("paper", verdict(has_ping_pong(paper)), f"in the answer: {_shares(paper)}"),
            Finding("default", verdict(has_ping_pong(free) or among), text),
        ),
        both(HOPPER_FORWARD),
        {"paper": ping_pong(paper), "default": ping_pong(free)},
    )


TURNS = (
    Dependence("S[m1]", "p[m0]", 0, 0, "order"),
    Dependence("p[m0]", "O[m1]", 0, -1, "order"),
    Dependence("S[m0]", "p[m1]", 0, -1, "order"),
    Dependence("p[m1]", "O[m0]", 0, 0, "order"),
)
"""Each exponential between the first and the second multiply of the other sub-tile."""


def _shares(structure: Structure) -> str:
    shares = ping_pong(structure)
    return ", ".join(f"{tile} {share:.0%} of its exp" for tile, share in shares.items())


def _level(forced: Question) -> str:
    """The first level of the objective at which the forced schedule is worse."""
    other = ask_default(forced).schedule
    if other is None:
        return "no schedule to compare"
    for mine, theirs in zip(
        default_schedule(HOPPER_FORWARD).objective, other.objective, strict=True
    ):
        if mine.value != theirs.value:
            return (
                f"the first level that differs is {mine.name}, {theirs.value} against {mine.value}"
            )
    return "equal in every level"


def claim_hopper_backward_overlap() -> Claim:
    """Operations of one iteration overlap, iterations do not."""
    paper, default = paper_solution(HOPPER_BACKWARD), default_structure(HOPPER_BACKWARD)
    within = replace(HOPPER_BACKWARD, max_stages=1)
    enough = feasible_at(within, default.ii)
    return Claim(
        "hopper_backward_overlap",
        "6.3",
        "Hopper backward: parallel within an iteration only",
        "no pipelining across iterations, as in FA3",
        "one copy (profile paper); no II is smaller than that of one stage (default), in which"
        " every operation of an iteration starts within one period",
        (
            Finding(
                "paper",
                verdict(paper.copies == 1),
                f"I {paper.ii}, L {paper.length}, copies: {paper.copies}",
            ),
            Finding(
                "default",
                verdict(enough is True),
                f"II {default.ii}; with one stage: {said(enough)}; stages of the answer itself:"
                f" {default.span}",
            ),
        ),
        (*both(HOPPER_BACKWARD), within.explain(default.ii)),
    )


def claim_hopper_backward_registers() -> Claim:
    """The paper attributes it to registers: what changes without their limit."""
    limited = {rows: _paper_wide(rows) for rows in (64, 128)}
    free = {rows: _paper_wide(rows, "registers=2000") for rows in (64, 128)}
    bound = bounds(problem_of(WIDE)).ii or 0
    wide, wide_free = feasible_at(WIDE, bound), feasible_at(WIDE_FREE, bound)
    narrow, lifted = default_schedule(HOPPER_BACKWARD), ask_default(FREE_REGISTERS, False).schedule
    assert lifted is not None
    paper = ", ".join(
        f"{rows} queries: {limited[rows][0]}, without register limits {free[rows][0]}"
        for rows in limited
    )
    return Claim(
        "hopper_backward_registers",
        "6.3",
        "Hopper backward: registers forbid more",
        "the kernel is bound by registers, which forbid pipelining across iterations",
        "for tiles of 64 or of 128 queries, an I that is infeasible becomes feasible without the"
        " register limits",
        (
            Finding("paper", verdict(any(free[r][1] < limited[r][1] for r in limited)), paper),
            Finding(
                "default",
                verdict(lifted.ii < narrow.ii or (wide is False and wide_free is True)),
                f"64 queries: II {narrow.ii}, {narrow.proof}, without register limits"
                f" {lifted.ii}; 128 queries: II {bound} (the bound by arithmetic) is"
                f" {said(wide)}, without register limits {said(wide_free)}",
            ),
        ),
        (
            *both(HOPPER_BACKWARD),
            WIDE.command("paper"),
            replace(WIDE, readings=("registers=2000",)).command("paper"),
            WIDE.explain(bound),
        ),
        {"bound": bound, "128": wide, "128_without_registers": wide_free},
        _register_file() if wide is False and wide_free is True else "",
    )


def _register_file() -> str:
    """What the limit per warp leaves out."""
    broken = broken_by_replay(ask_paper(HOPPER_BACKWARD))
    file = [text for text in broken if text.startswith("REGISTERS")]
    return (
        "the default profile: it has the register file of the whole block as a limit, the figures"
        " only that of each warp, which binds nowhere here. The paper's answer for 64 queries"
        f" breaks it ({'; '.join(file) or 'it does not'})"
    )


def _paper_wide(rows: int, *readings: str) -> tuple[str, float]:
    """The answer for a tile of so many queries, in words and as an I."""
    outcome = ask_paper(replace(HOPPER_BACKWARD, parameters=(("M", rows),), readings=readings))
    found = outcome.solution
    if found is None:
        return f"{outcome.status} at every I", math.inf
    return f"I {found.ii}, copies: {found.copies}", outcome.cycles["I"]


CLAIMS = (
    claim_fa3_pipeline,
    claim_fa3_pipeline_on_one_group,
    claim_fa3_ping_pong,
    claim_hopper_backward_overlap,
    claim_hopper_backward_registers,
)
