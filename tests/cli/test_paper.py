"""``twill solve --profile paper``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.attention import attention
from twill.formats import problem_to_json

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


@pytest.fixture
def loop(tmp_path: Path) -> Path:
    """A small loop with roles, as a problem."""
    path = tmp_path / "attention.json"
    path.write_text(json.dumps(problem_to_json(attention())), encoding="utf-8")
    return path


def test_report(twill: Twill, loop: Path) -> None:
    """The schedule, the search, the costs and what was assumed, without times."""
    result = twill("solve", loop, "--profile", "paper")
    assert result.code == 0
    assert "profile paper: I " in result.out
    for section in ("Schedule", "At machine cycles", "Algorithm 1", "Costs, normalised"):
        assert f"── {section}" in result.out
    assert result.err == ""
    assert result.out == twill("solve", loop, "--profile", "paper").out


def test_figure_1(twill: Twill) -> None:
    """The paper's example comes out as printed there."""
    result = twill("solve", "figure1", "-m", "figure1", "--profile", "paper", "--json")
    assert result.code == 0
    assert result.json["solution"]["ops"]["O"]["start"] == 3
    assert (result.json["solution"]["ii"], result.json["solution"]["length"]) == (2, 4)


def test_options(twill: Twill, loop: Path) -> None:
    """Readings are set by name, and the report says which."""
    settings = ("--paper", "normalise=off", "--paper", "accounting=sound")
    result = twill("solve", loop, "--profile", "paper", *settings)
    assert result.code == 0
    assert "normalise=off" in result.out
    assert "liveness=steady" in result.out


def test_bundle(twill: Twill, loop: Path, tmp_path: Path) -> None:
    """``-o`` writes the answer; a schedule only where it verifies at machine cycles."""
    folder = tmp_path / "out"
    assert twill("solve", loop, "--profile", "paper", "-o", folder).code == 0
    answer = json.loads((folder / "paper.json").read_text(encoding="utf-8"))
    valid = answer["replay"]["violations"] == [] and answer["replay"]["schedule"] is not None
    assert (folder / "schedule.json").exists() == valid
    if valid:
        assert twill("verify", loop, folder / "schedule.json").code == 0


def test_infeasible_exits_3(twill: Twill, loop: Path) -> None:
    """A loop that no I can schedule is said to be so, where the paper's loop would not end."""
    result = twill("solve", loop, "--profile", "paper", "--paper", "registers=8")
    assert result.code == 3
    assert "whatever I" in result.out


def test_unknown_exits_5(twill: Twill, loop: Path) -> None:
    """Out of time is not infeasible."""
    result = twill("solve", loop, "--profile", "paper", "--time-limit", "0.0001")
    assert result.code == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--profile", "papr"), "did you mean 'paper'"),
        (("--profile", "paper", "--paper", "streming=all"), "did you mean 'streaming'"),
        (("--profile", "paper", "--paper", "U"), "OPTION=VALUE"),
        (("--paper", "U=30"), "--profile paper"),
        (("--profile", "paper", "--paper", "U=3", "--paper", "least=9"), "from 9 to 3"),
    ],
)
def test_wrong_options_exit_2(
    twill: Twill, loop: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Each mistake has its message, on stderr."""
    result = twill("solve", loop, *arguments)
    assert result.code == 2
    assert message in result.err
    assert result.out == ""
