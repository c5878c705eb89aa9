"""``twill lower``: programs on stdout, errors in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from twill.lower.cuda.toolchain import missing_tools

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_a_shipped_pair(twill: Twill) -> None:
    """The roles with their waits, and what they share."""
    result = twill("lower", "gemm", "-m", "h100", "-q")
    assert result.code == 0
    assert "role1  8 warps" in result.out
    assert "wait B.full@+0" in result.out


def test_a_schedule_of_a_file(twill: Twill, attention_json: Path, ping_pong_json: Path) -> None:
    """No search: the schedule of the file is lowered."""
    result = twill("lower", attention_json, "--schedule", ping_pong_json)
    assert result.code == 0
    assert "softmax0" in result.out


def test_a_schedule_that_is_none(twill: Twill, attention_json: Path, ping_pong_json: Path) -> None:
    """The first violation is named."""
    document = json.loads(ping_pong_json.read_text())
    document["ops"]["max0"].update(start=600, slot=600)
    ping_pong_json.write_text(json.dumps(document))
    result = twill("lower", attention_json, "--schedule", ping_pong_json)
    assert result.code == 2
    assert "is no schedule of this problem" in result.err


def test_a_problem_without_roles(twill: Twill, vliw_json: Path) -> None:
    """A plain modulo-scheduling problem has no warps to write programs for."""
    result = twill("lower", vliw_json, "-q")
    assert result.code == 2
    assert "has no roles" in result.err


def test_timing(twill: Twill) -> None:
    """Below the listing: is it live, how fast, how far each latency may grow."""
    result = twill("lower", "gemm", "-m", "b200", "-q")
    timing = result.out.split("Timing", 1)[1]
    assert "every circuit of waits carries a token" in timing
    assert "656 per iteration, as the schedule says" in timing
    assert "may grow by" in timing


def test_what_a_wait_costs(twill: Twill) -> None:
    """Where the memory has no room for a slot more, the wait is named with its price."""
    result = twill("lower", "gemm", "-m", "b200", "--set", "K=128", "--set", "M=256", "-q")
    assert "92 more than the schedule's 3040" in result.out
    assert "load: wait for B.empty before B  1084 cycles" in result.out


def test_json(twill: Twill) -> None:
    """One document, with the program and its timing."""
    result = twill("lower", "gemm", "-m", "h100", "-q", "--format", "json")
    assert result.code == 0
    document = json.loads(result.out)
    assert document["schema"] == "twill/program/v1"
    assert document["timing"]["cycles"] == [1024, 1]


def test_a_kernel(twill: Twill, tmp_path: Path) -> None:
    """Two files, whole; what the schedule is and how that is known stands at the top."""
    folder = tmp_path / "kernel"
    result = twill("lower", "gemm", "-m", "b200", "--format", "cuda", "-o", folder)
    assert result.code == 0
    assert "wrote kernel.cu, twill.cuh" in result.err
    assert {file.name for file in folder.iterdir()} == {"kernel.cu", "twill.cuh"}
    text = (folder / "kernel.cu").read_text()
    assert "II 656 cycles an iteration. No schedule of this model has a smaller one" in text
    assert twill("lower", "gemm", "-m", "b200", "--format", "cuda", "-q").out == text


def test_a_kernel_needs_a_spec(twill: Twill, attention_json: Path, ping_pong_json: Path) -> None:
    """A problem file does not say what operations compute."""
    result = twill("lower", attention_json, "--schedule", ping_pong_json, "--format", "cuda")
    assert result.code == 2
    assert "not what they compute" in result.err


def test_options_of_kernels_alone(twill: Twill, tmp_path: Path) -> None:
    """They mean nothing to a listing; a given schedule cannot be fitted."""
    result = twill("lower", "gemm", "-m", "h100", "--fit", "-o", tmp_path / "k")
    assert result.code == 2
    assert "-o and --fit needs --format cuda" in result.err
    given = ("--schedule", tmp_path / "s.json", "--format", "cuda", "--fit")
    assert "solves again" in twill("lower", "gemm", "-m", "h100", *given).err


@pytest.mark.skipif(bool(missing_tools()), reason="the CUDA compiler (extra cuda) is not installed")
def test_fitting_a_kernel(twill: Twill, tmp_path: Path) -> None:
    """Where ptxas needs more than the model gave a role, the problem is solved again."""
    folder = tmp_path / "kernel"
    result = twill("lower", "gemm", "-m", "h100", "--format", "cuda", "--compile", "-o", folder)
    assert result.code == 6
    assert "fault: " in result.err
    result = twill("lower", "gemm", "-m", "h100", "--format", "cuda", "--fit", "-o", folder)
    assert result.code == 0
    assert "152 registers of 160" in result.err
    assert "roles.registers.overhead=32" in (folder / "kernel.cu").read_text()


def test_a_misspelt_format(twill: Twill) -> None:
    """The nearest word is offered."""
    result = twill("lower", "gemm", "-m", "h100", "--format", "listin")
    assert result.code == 2
    assert "did you mean 'listing'" in result.err


def test_no_schedule(twill: Twill) -> None:
    """Where no schedule exists, the reason is told and nothing is printed."""
    result = twill("lower", "gemm", "-m", "h100", "-q", "--registers-per-role", "32")
    assert result.code == 3
    assert result.out == ""
    assert "no schedule to lower" in result.err
