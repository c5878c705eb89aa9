"""The three ablations on Blackwell forward, each at an I at which the whole model is feasible.

The paper reports all three as unsatisfiable at the smallest I of the modulo schedule.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.kernels import BLACKWELL_FORWARD, default_schedule, paper_solution, said
from benchmarks.paper.questions import ask_paper, feasible_at, sat_at

ISSUE = "concurrency=issue"
NO_HANDOFF = replace(BLACKWELL_FORWARD, no_handoff=True)
ONE_TILE = replace(BLACKWELL_FORWARD, parameters=(("M", 128),), subtile=(("M", 1),))
WHOLE = replace(BLACKWELL_FORWARD, subtile=(("M", 1),))
MOST = 8
"""Groups that the machine has."""


def claim_ablation_fewer_warps() -> Claim:
    """Fewer groups at the smallest I."""
    least = paper_solution(BLACKWELL_FORWARD).ii
    literal, literal_no = _fewest_groups(least, ())
    issued, issued_no = _fewest_groups(least, (ISSUE,))
    ii = default_schedule(BLACKWELL_FORWARD).ii
    roles, roles_no = _fewest_roles(ii)
    fewer = replace(BLACKWELL_FORWARD, readings=(f"places={literal - 1}",))
    more = replace(fewer, readings=(*fewer.readings, "copies=any", "max_copies=4"))
    beyond = sat_at(more, least) if literal_no else None
    return Claim(
        "ablation_fewer_warps",
        "6.2.2",
        "Blackwell forward with fewer groups of warps",
        "infeasible at the smallest I (numbers of warps not given)",
        "at the smallest I the model is feasible with some number of groups (roles) and proved"
        " infeasible with one fewer",
        (
            Finding(
                "paper",
                verdict(literal_no),
                f"at I {least}: {literal} groups feasible, {literal - 1} {_no(literal_no)}"
                f" (with a fourth copy: {said(beyond)}); in flight only while issuing:"
                f" {issued} feasible, {issued - 1} {_no(issued_no)}",
            ),
            Finding(
                "default",
                verdict(roles_no),
                f"at II {ii}: {roles} roles feasible, {roles - 1} {_no(roles_no)}",
            ),
        ),
        (
            replace(fewer, readings=(*fewer.readings, f"max_ii={least}")).command("paper"),
            replace(BLACKWELL_FORWARD, max_roles=roles - 1).explain(ii),
        ),
        {"I": least, "groups": literal, "groups_issue": issued, "II": ii, "roles": roles},
    )


def _fewest_groups(least: int, readings: tuple[str, ...]) -> tuple[int, bool]:
    """The smallest number of groups feasible at I, and whether one fewer is refuted."""
    for places in range(MOST, 1, -1):
        answer = sat_at(replace(BLACKWELL_FORWARD, readings=(*readings, f"places={places}")), least)
        if not answer:
            return places + 1, answer is False
    return 2, False


def _fewest_roles(ii: int) -> tuple[int, bool]:
    roles = len(default_schedule(BLACKWELL_FORWARD).roles)
    while roles > 1:
        answer = feasible_at(replace(BLACKWELL_FORWARD, max_roles=roles - 1), ii)
        if not answer:
            return roles, answer is False
        roles -= 1
    return roles, False


def claim_ablation_no_subtiling() -> Claim:
    """One tile instead of two sub-tiles; the same work per I, and half of it."""
    outcome = ask_paper(ONE_TILE)
    assert outcome.first is not None
    assert outcome.solution is not None
    first, final = outcome.first[0], outcome.solution.ii
    ii = default_schedule(BLACKWELL_FORWARD).ii
    whole = feasible_at(WHOLE, ii)
    half = feasible_at(ONE_TILE, ii // 2)
    return Claim(
        "ablation_no_subtiling",
        "6.2.2",
        "Blackwell forward without sub-tiling",
        "infeasible at the smallest I",
        "one tile of all rows is infeasible at the I of two sub-tiles; one tile of half the rows is"
        " infeasible at its own modulo-only I (profile paper), at half of their II (default)",
        (
            Finding(
                "paper",
                verdict(final > first and ask_paper(WHOLE).status == "infeasible"),
                f"128 rows: I {first} refuted, {final} needed; 256 rows in one tile:"
                f" {ask_paper(WHOLE).status} at every I; two sub-tiles: feasible at their"
                f" modulo-only I {paper_solution(BLACKWELL_FORWARD).ii}",
            ),
            Finding(
                "default",
                verdict(None if None in (whole, half) else not (whole or half)),
                f"256 rows in one tile: {said(whole)} at II {ii} of two sub-tiles (a row's scores"
                f" do not fit a thread's registers); 128 rows in one tile: {said(half)} at half"
                f" of it, {ii // 2}",
            ),
        ),
        (
            ONE_TILE.command("paper"),
            WHOLE.command("paper"),
            WHOLE.command("default"),
            ONE_TILE.explain(ii // 2),
        ),
        {"first": first, "final": final},
    )


def claim_ablation_no_handoff() -> Claim:
    """No value in registers is read by another group."""
    least = paper_solution(BLACKWELL_FORWARD).ii
    literal = sat_at(NO_HANDOFF, least)
    issued = sat_at(replace(NO_HANDOFF, readings=(ISSUE,)), least)
    ii = default_schedule(BLACKWELL_FORWARD).ii
    ours = feasible_at(NO_HANDOFF, ii)
    return Claim(
        "ablation_no_handoff",
        "6.2.2",
        "Blackwell forward without communication across warps",
        "infeasible at the smallest I",
        "at the smallest I of the whole model, proved infeasible where no value in registers may"
        " be read on another group (role)",
        (
            Finding(
                "paper",
                verdict(None if literal is None else not literal),
                f"at I {least}: {said(literal)}; in flight only while issuing: {said(issued)}",
            ),
            Finding(
                "default",
                verdict(None if ours is None else not ours),
                f"at II {ii}: {said(ours)}",
            ),
        ),
        (
            replace(NO_HANDOFF, readings=(f"max_ii={least}",)).command("paper"),
            NO_HANDOFF.explain(ii),
        ),
        {"I": least, "literal": literal, "issue": issued, "II": ii, "default": ours},
    )


def _no(refuted: bool) -> str:
    return "proved infeasible" if refuted else "not decided"


CLAIMS = (claim_ablation_fewer_warps, claim_ablation_no_subtiling, claim_ablation_no_handoff)
