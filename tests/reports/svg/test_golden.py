from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.reports.svg.drawn import pictures, views


@pytest.mark.parametrize("kind", ["period", "unrolled", "bounds", "graph"])
def test_figure1(kind: str, golden: SnapshotAssertion) -> None:
    """The worked example of the paper, picture by picture."""
    assert pictures(views()["figure1"])[kind] + "\n" == golden


@pytest.mark.parametrize("kind", ["period", "registers", "memory"])
def test_attention(kind: str, golden: SnapshotAssertion) -> None:
    """The ping-pong schedule: roles, registers, rings."""
    assert pictures(views()["attention"])[kind] + "\n" == golden


def test_pictures_are_the_same_again() -> None:
    """No set or address has a say in the text."""
    for view in views().values():
        assert pictures(view) == pictures(view)


def test_what_a_problem_does_not_have_is_not_drawn() -> None:
    """No memories, no registers: no picture."""
    drawn = pictures(views()["vliw"])
    assert drawn["memory"] == drawn["registers"] == ""
