"""The listing of lowered programs, word for word."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.lower.shipped import PAIRS, solved
from twill.lower import lower
from twill.reports.terminal import Page
from twill.reports.terminal.program import listing


@pytest.mark.parametrize(("loop", "machine"), PAIRS)
def test_the_listing_of_a_shipped_pair(loop: str, machine: str, golden: SnapshotAssertion) -> None:
    """Every role, ring and barrier at the default width."""
    made, schedule = solved(loop, machine)
    program = lower(made.problem, schedule)
    assert listing(Page(), made.problem, schedule, program) == golden


def test_the_listing_in_ascii_at_80_columns() -> None:
    """The narrowest page keeps every line within its width."""
    made, schedule = solved("flash_attention_backward", "h100")
    text = listing(Page(80, unicode=False), made.problem, schedule, lower(made.problem, schedule))
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
