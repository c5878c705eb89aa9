"""Table 1: the smallest and the final I and L, and the time of the searches."""

from __future__ import annotations

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.kernels import BLACKWELL_BACKWARD, KERNELS, paper_solution
from benchmarks.paper.questions import PAPER_SECONDS, ask_default, ask_paper

THEIR_SECONDS = {
    "Hopper forward": 28,
    "Blackwell forward": 18,
    "Hopper backward": 84,
    "Blackwell backward": 242,
}
THEIRS = (15, 32, 20, 33)


def claim_table1() -> Claim:
    """First and final I and L of the Blackwell backward pass."""
    rows = []
    for name, question in KERNELS.items():
        first, final = ask_paper(question).first, paper_solution(question)
        rows.append(f"{name} {first} to ({final.ii}, {final.length})")
    first, final = ask_paper(BLACKWELL_BACKWARD).first, paper_solution(BLACKWELL_BACKWARD)
    ours = (*(first or ()), final.ii, final.length)
    return Claim(
        "table1",
        "6.5, Table 1",
        "The numbers of Table 1",
        "Blackwell backward: (I, L) = (15, 32) of phase 1, (20, 33) at the end",
        "the same four numbers; graphs, costs and tile sizes of the paper are not published, and"
        " normalised cycles have no common scale",
        (Finding("paper", verdict(ours == THEIRS), "(I, L): " + "; ".join(rows)),),
        tuple(question.command("paper") for question in KERNELS.values()),
    )


def claim_search_times() -> Claim:
    """Each of the four kernels is solved to its proof."""
    paper = {name: ask_paper(question).status for name, question in KERNELS.items()}
    default = {name: ask_default(question).schedule for name, question in KERNELS.items()}
    proved = {name: s is not None and s.status == "optimal" for name, s in default.items()}
    z3 = {name: round(PAPER_SECONDS[question], 1) for name, question in KERNELS.items()}
    cp = {name: round(ask_default(question).cpu_s, 1) for name, question in KERNELS.items()}
    return Claim(
        "search_times",
        "6.5, Table 1",
        "Searches end with a proof",
        ", ".join(f"{name} {seconds} s" for name, seconds in THEIR_SECONDS.items())
        + " on one core of a Xeon Platinum 8570; most of it in the joint system",
        "every kernel is proved optimal within the limits on the engines' work (no verdict"
        " depends on seconds)",
        (
            Finding(
                "paper",
                verdict(all(status == "optimal" for status in paper.values())),
                f"{_seconds(z3)}; {_share()} of the work of both phases in the joint system",
            ),
            Finding("default", verdict(all(proved.values())), f"{_seconds(cp)}, all levels"),
        ),
        ("python -m benchmarks.paper", "python -m benchmarks.solve --case shipped"),
        {"cpu_s": {"paper": z3, "default": cp}},
    )


def _seconds(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in found.items()) + " CPU seconds"


def _share() -> str:
    phases = [ask_paper(question).phases for question in KERNELS.values()]
    joint = sum(phase.swp_and_ws for phase in phases)
    return f"{joint / sum(p.swp + p.swp_and_ws for p in phases):.0%}"


CLAIMS = (claim_table1, claim_search_times)
