"""README shows what the demo prints today, and what was measured last."""

from __future__ import annotations

from benchmarks.readme import DEMO, PAGE, page, shortened
from tests.cli.conftest import Twill


def test_readme_is_current(twill: Twill) -> None:
    """The demo, two sections left out, and the table of the shipped pairs."""
    result = twill(*DEMO, "--no-cache", "--quiet")
    assert result.code == 0
    text = PAGE.read_text("utf-8")
    assert page(text, result.out) == text, "python -m benchmarks.readme"


def test_sections_are_left_out_by_their_titles() -> None:
    """All lines up to the next title go; the others stay."""
    text = "a\n── Bounds  of it ──\nb\n── Timeline  c ──\nd\n── Resources ──\ne\n"
    assert shortened(text) == (
        "a\n    (a table of what each unit and recurrence alone would allow follows)\n\n"
        "── Timeline  c ──\nd\n"
    )
