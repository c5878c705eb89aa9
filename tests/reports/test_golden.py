from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from tests.reports.hand_made import attention, feasible, optimal, ping_pong, vliw
from twill.reports.terminal import Context, Page, report
from twill.schedule import Infeasible, Optimal, Reason, Unknown
from twill.solver.bounds import bounds
from twill.verify import verify

CONTEXT = Context(
    problem_digest="0123456789abcdef" * 4,
    spec="flash_attention_forward",
    spec_digest="aa" * 32,
    machine="h100",
    machine_digest="bb" * 32,
    clock_ghz=1.83,
    sm_count=132,
    flop=4 * 128 * 128 * 128,
)
REASON = Reason(
    "role softmax0 needs 262 registers per thread, 240 are left",
    ("S (64), P (32) and O (64) are alive at once",),
    ("a third role", "P in place of S", "N = 64"),
)


def test_examples_are_schedules() -> None:
    """The hand-made schedules are what they are said to be."""
    assert verify(attention(), ping_pong()) == ()
    problem, schedule = vliw()
    assert verify(problem, schedule) == ()


def test_report_of_an_optimal_schedule(golden: SnapshotAssertion) -> None:
    """The whole report at the default width."""
    assert report(Page(), attention(), optimal(), bounds(attention()), CONTEXT) == golden


def test_report_at_80_columns_in_ascii(golden: SnapshotAssertion) -> None:
    """The narrowest page with the poorest characters."""
    page = Page(80, unicode=False)
    text = report(page, attention(), optimal(), bounds(attention()), CONTEXT)
    assert text.isascii()
    assert text == golden


def test_report_in_color_at_120_columns(golden: SnapshotAssertion) -> None:
    """The widest page, with colours."""
    page = Page(120, color=True)
    assert report(page, attention(), optimal(), bounds(attention()), CONTEXT) == golden


def test_report_of_a_plain_problem(golden: SnapshotAssertion) -> None:
    """No roles, no memories, no machine: those parts are left out."""
    problem, schedule = vliw()
    assert report(Page(), problem, Optimal(schedule), bounds(problem), Context()) == golden


def test_report_of_a_feasible_schedule(golden: SnapshotAssertion) -> None:
    """The gap and what ended the proof are said before anything else."""
    text = report(Page(), attention(), feasible(), bounds(attention()), CONTEXT)
    assert text.split("── Bounds")[0] == golden


def test_report_of_an_infeasible_problem(golden: SnapshotAssertion) -> None:
    """Reason, details and levers."""
    outcome = Infeasible(REASON, "two engines agree")
    assert report(Page(), attention(), outcome, bounds(attention()), CONTEXT) == golden


def test_report_of_an_unknown_outcome(golden: SnapshotAssertion) -> None:
    """Unknown is not called infeasible."""
    outcome = Unknown(Reason("the time limit of 1 s ended the search"), 2048)
    text = report(Page(), attention(), outcome, bounds(attention()), CONTEXT)
    assert "infeasible" not in text
    assert text == golden


def test_color_changes_no_character() -> None:
    """Without its escapes the coloured report is the plain one."""
    import re

    colored = report(Page(color=True), attention(), optimal(), bounds(attention()), CONTEXT)
    plain = report(Page(), attention(), optimal(), bounds(attention()), CONTEXT)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()
