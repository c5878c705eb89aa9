"""The options that set limits on top of spec and machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reports.hand_made import attention

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_knobs_are_part_of_the_problem_and_of_its_digest(twill: Twill) -> None:
    """``show --problem`` prints what ``solve`` solves: the limits and requirements given."""
    plain = twill("show", "gemm", "-m", "h100", "--problem").json
    knobs = ["--forbid-roles-above", "2", "--registers-per-role", "232", "--no-handoff"]
    knobs += ["--fix-role", "C=x", "--fix-role", "A=y", "--max-stages", "2"]
    turned = twill("show", "gemm", "-m", "h100", "--problem", *knobs).json
    assert turned["roles"]["max_roles"] == 2
    assert turned["roles"]["registers"]["max"] == 232
    assert turned["limits"]["max_stages"] == 2
    assert turned["requirements"] == {"roles": {"C": "x", "A": "y"}, "no_handoff": True}
    changed = {"roles", "limits", "requirements"}
    for key in plain.keys() - changed:
        assert turned[key] == plain[key]


def test_a_report_says_what_was_required(twill: Twill, attention_json: Path) -> None:
    """The claim is about the problem with its requirements; the reader sees them."""
    names = [op.name for op in attention().ops if not op.variable_latency][:2]
    fixed = [part for name in names for part in ("--fix-role", f"{name}=main")]
    result = twill("solve", attention_json, *fixed, "--no-handoff", "--max-stages", "3", "-q")
    assert result.code == 0
    assert f"one role for {', '.join(names)}" in result.out
    assert "no value in registers is read on another role" in result.out
    assert "schedules of at most 3 stages" in result.out


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        (["--fix-role", "CC=x"], "--fix-role: unknown operation 'CC'; did you mean 'C'?"),
        (["--registers-per-role", "8"], "a role has at least 24 registers, not 8"),
    ],
)
def test_knobs_without_a_meaning_are_refused(twill: Twill, knobs: list[str], message: str) -> None:
    """Names and numbers that the problem has no place for."""
    result = twill("solve", "gemm", "-m", "h100", *knobs)
    assert result.code == 2
    assert message in result.err


def test_knobs_about_roles_need_roles(twill: Twill, vliw_json: Path) -> None:
    """A plain modulo-scheduling problem has none."""
    result = twill("solve", vliw_json, "--no-handoff", "--forbid-roles-above", "2")
    assert result.code == 2
    assert "--no-handoff" in result.err
    assert "--forbid-roles-above" in result.err


def test_a_machine_alone_has_no_knobs(twill: Twill) -> None:
    """They are about problems."""
    assert twill("show", "-m", "h100", "--max-stages", "2").code == 2
