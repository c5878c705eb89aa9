"""``twill explain`` from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_a_small_loop_is_explained_in_full(twill: Twill, vliw_json: Path) -> None:
    """The set that forbids one cycle less, the limits, and faster units."""
    result = twill("explain", vliw_json, "-q")
    assert result.code == 0
    assert "Why not II 2" in result.out
    assert "One constraint alone forbids II 2" in result.out
    assert "Limits" in result.out
    assert "Faster units" in result.out
    assert result.err == ""


def test_a_spec_on_a_machine(twill: Twill) -> None:
    """The tensor core binds gemm; with twice its rate something else does."""
    out = twill("explain", "gemm", "-m", "h100", "-q").out
    assert "C 1024: 1024 of 1023 per period" in out
    rows = [line.split() for line in out.partition("Faster units")[2].splitlines()]
    row = next(row for row in rows if row[:1] == ["tensor"])
    assert row[:5] == ["tensor", "820", "756", "756", "756"]
    faster = twill("explain", "gemm", "-m", "h100", "--what-if", "tensor.rate=x2", "-q").out
    assert "machine h100 with tensor.rate=x2" in faster
    assert "Why not II 755" in faster


def test_an_ii_that_is_possible(twill: Twill) -> None:
    """Then there is nothing to forbid it, and the report says so."""
    out = twill("explain", "gemm", "-m", "h100", "--ii", "1100", "-q").out
    assert "II 1100 is possible: a schedule was found" in out
    assert "Faster units" not in out


def test_as_json(twill: Twill) -> None:
    """One document with everything that the text says."""
    document = twill("explain", "gemm", "-m", "h100", "--json").json
    assert document["schema"] == "twill/explanation/v1"
    assert document["complete"] is True
    assert document["outcome"]["schedule"]["ii"] == 1024
    why = document["why_not"]
    assert (why["ii"], why["possible"]) == (1023, False)
    [unit] = why["constraints"]
    assert (unit["constraint"], unit["name"], unit["needed"]) == ("unit", "tensor", True)
    assert unit["possible_without"] is False
    assert unit["also_forbidden_by"] == [{"constraint": "delay", "name": "C -> C@+1"}]
    faster = {row["unit"]: row["ii"] for row in document["faster_units"]}
    assert faster["tensor"]["x4"] == {"at_least": 756, "found": 756}
    assert {"constraint", "name", "alone", "without"} == set(document["limits"][0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ii", "0"], "--ii"),
        (["--what-if", "sfu"], "NUMBER=VALUE"),
        (["--what-if", "snu.rate=3"], "unknown number 'snu.rate'; did you mean 'sfu.rate'?"),
        (["--fix-role", "X=a"], "unknown operation 'X'"),
    ],
)
def test_wrong_input(twill: Twill, arguments: list[str], message: str) -> None:
    """As everywhere: exit code 2, what is wrong, what would be right."""
    result = twill("explain", "gemm", "-m", "h100", *arguments)
    assert result.code == 2
    assert message in result.err


def test_a_change_needs_a_machine(twill: Twill, vliw_json: Path) -> None:
    """A problem file has none, and figure1 alone names none."""
    assert "--what-if cannot be used" in twill("explain", vliw_json, "--what-if", "a.rate=2").err
    assert "add --machine" in twill("explain", "gemm", "--what-if", "sfu.rate=2").err


def test_an_infeasible_problem_says_why(twill: Twill) -> None:
    """No II at all: the reason is that of solve, and so is the exit code."""
    result = twill("explain", "gemm", "-m", "h100", "--registers-per-role", "48", "-q")
    assert result.code == 3
    assert "infeasible" in result.out
