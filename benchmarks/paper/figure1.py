"""Figure 1: the loop of two multiplies and an exponential, on one tensor core."""

from __future__ import annotations

from benchmarks.paper.claim import Claim, Finding, verdict
from benchmarks.paper.questions import Question, ask_default, ask_paper

EXAMPLE = Question("figure1", "figure1")


def claim_figure1() -> Claim:
    """I = 2, S@0, P@2, O@3, L = 4; I = 1 is infeasible."""
    paper, start = _paper()
    return Claim(
        "figure1",
        "3",
        "Figure 1, the worked example",
        "I = 2 with S@0, P@2, O@3 (P@1 is as good), L = 4; I = 1 is infeasible",
        "I = 2 is proved smallest, L = 4, S starts at 0, P at 1 or 2, O at 3",
        (paper, _default()),
        (EXAMPLE.command("paper"), EXAMPLE.command("default")),
        {"start": start},
    )


def _as_printed(ii: int, length: int, start: dict[str, int]) -> bool:
    return (ii, length, start["S"], start["O"]) == (2, 4, 0, 3) and start["P"] in (1, 2)


def _starts(start: dict[str, int]) -> str:
    return ", ".join(f"{op}@{start[op]}" for op in ("S", "P", "O"))


def _paper() -> tuple[Finding, dict[str, int]]:
    outcome = ask_paper(EXAMPLE)
    found = outcome.solution
    assert found is not None
    start = dict(found.start)
    holds = outcome.status == "optimal" and _as_printed(found.ii, found.length, start)
    text = f"I {found.ii}, L {found.length}, {found.copies} copies: {_starts(start)}"
    return Finding("paper", verdict(holds), text), start


def _default() -> Finding:
    found = ask_default(EXAMPLE).schedule
    assert found is not None
    start = {name: placed.start for name, placed in found.ops.items()}
    holds = found.status == "optimal" and _as_printed(found.ii, found.length, start)
    text = f"II {found.ii} ({found.proof}), length {found.length}: {_starts(start)}"
    return Finding("default", verdict(holds), text)


def claim_straight_line() -> Claim:
    """Copies, prologue, steady state and epilogue of the straight-line program."""
    found = ask_paper(EXAMPLE).solution
    assert found is not None
    total = (found.copies - 1) * found.ii + found.length
    prologue = (found.copies - 1) * found.ii
    epilogue = total - prologue - found.ii
    holds = (found.copies, total, prologue, epilogue) == (2, 6, 2, 2)
    text = (
        f"{found.copies} copies, T {total}: prologue {prologue}, steady state {found.ii},"
        f" epilogue {epilogue} cycles"
    )
    return Claim(
        "straight_line",
        "4.1",
        "The straight-line program of ⌈L/I⌉ copies",
        "Figure 1 unrolls to 2 copies and T = 6: prologue, steady state, epilogue of 2 cycles each",
        "the same copies and lengths",
        (Finding("paper", verdict(holds), text),),
        (EXAMPLE.command("paper"),),
    )


CLAIMS = (claim_figure1, claim_straight_line)
