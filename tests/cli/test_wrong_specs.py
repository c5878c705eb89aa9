from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Twill

GEMM = files("twill.specs").joinpath("gemm.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("trips: 64", "tripz: 64", ["tripz", "'trips'"]),
        ("kind: mma", "kind: mmma", ["mmma", "'mma'"]),
        ("a: A,", "a: AA,", ["AA", "'A'"]),
        ("shape: [M, K]", "shape: [M, KK]", ["KK", "'K'"]),
        ("in_place: C@-1", "in_place: C@+1", ["C@+1"]),
        ("accumulate: C@-1", "accumulate: C", ["C"]),
        ("a: A,", "a: B,", ["B"]),
        ("M: 128", "M: -128", ["-128"]),
        ("M: 128", "M: 0", ["0"]),
        ("M: 128", "M: 1.5", ["1.5"]),
        ("M: 128", "M: .nan", ["nan"]),
        ("M: 128", "M: 99999999999999999999", ["99999999999999999999"]),
        ("M: 128", "M: 128, M: 64", ["M"]),
        ("trips: 64", "trips: &a 64", ["anchor"]),
        ("trips: 64", "trips: !!int 64", ["tag"]),
        ("shape: [M, K]}", "shape: [M, K], in: shred}", ["shred", "'shared'"]),
        ("loop/v1", "loop/v9", ["twill/loop/v1"]),
    ],
)
def test_each_fault_has_its_place(
    twill: Twill, tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    """File, line and column, the words concerned, the nearest name; exit 2, no traceback."""
    assert old in GEMM
    path = tmp_path / "loop.yaml"
    path.write_text(GEMM.replace(old, new, 1))
    result = twill("solve", path, "--machine", "h100")
    assert result.code == 2
    assert result.out == ""
    assert re.search(rf"{re.escape(str(path))}:\d+:\d+: error: ", result.err)
    assert "^" in result.err
    for word in words:
        assert word in result.err


def test_all_faults_at_once(twill: Twill, tmp_path: Path) -> None:
    """Three faults, three messages, in the order of the file."""
    text = GEMM.replace("trips", "tripz").replace("kind: load", "kind: laod")
    path = tmp_path / "loop.yaml"
    path.write_text(text)
    result = twill("solve", path, "--machine", "h100", "--json")
    lines = [fault["location"]["line"] for fault in result.json["diagnostics"]]
    assert len(lines) >= 3
    assert lines == sorted(lines)


def test_machine_without_a_unit_that_the_loop_needs(twill: Twill) -> None:
    """The example machine has no TMA; the operation that needs it is pointed at."""
    result = twill("solve", "gemm", "--machine", "figure1")
    assert result.code == 2
    assert "gemm.yaml:" in result.err


def test_unknown_unit_in_a_custom_cost(twill: Twill, tmp_path: Path) -> None:
    """The nearest unit of the machine is offered."""
    text = files("twill.specs").joinpath("figure1.yaml").read_text("utf-8")
    path = tmp_path / "loop.yaml"
    path.write_text(text.replace("{tensor: 1}", "{tensr: 1}", 1))
    result = twill("solve", path, "--machine", "figure1")
    assert result.code == 2
    assert "tensr" in result.err
    assert "'tensor'" in result.err


def test_schedule_in_place_of_a_loop(twill: Twill, ping_pong_json: Path) -> None:
    """A file of another kind is told by its schema line."""
    result = twill("solve", ping_pong_json, "--machine", "h100")
    assert result.code == 2
    assert "twill/schedule/v1" in result.err
