"""What the event graph of a program says, as text."""

from __future__ import annotations

from tests.lower.test_events import ARRIVE_X, ARRIVE_Y, A, B, two_roles, wait
from twill.lower.events import SyncCosts, timing
from twill.reports.terminal.page import Page
from twill.reports.terminal.timing import timing_text


def test_a_program_that_hangs() -> None:
    """The circuit of waits, and nothing about speed."""
    found = timing(*two_roles([wait("y", 0, "A"), A, ARRIVE_X], [wait("x", 0, "B"), B, ARRIVE_Y]))
    text = timing_text(Page(), found)
    assert "The program hangs" in text
    assert "one: wait for y before A: two: arrival on y arrives" in text
    assert "per iteration" not in text


def test_a_program_that_is_slower_than_its_schedule() -> None:
    """By how much, why, and what each added wait costs."""
    found = timing(
        *two_roles([wait("y", 1, "A"), A, ARRIVE_X], [wait("x", 0, "B"), B, ARRIVE_Y]),
        SyncCosts(one_way=5),
    )
    text = timing_text(Page(), found)
    assert "18 per iteration, 8 more than the schedule's 10; 4 without what was added" in text
    assert "one: wait for y before A  14 cycles" in text


def test_a_program_that_is_faster() -> None:
    """It says what it is compared with."""
    text = timing_text(Page(), timing(*two_roles([A], [B])))
    assert "4 per iteration, the schedule says 10" in text
