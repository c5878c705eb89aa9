"""``twill compare`` from the command line."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.reports.hand_made import attention, ping_pong
from twill.formats import json_schema, problem_digest, problem_to_json, schedule_to_json

if TYPE_CHECKING:
    from tests.cli.conftest import Twill

EXPERT = """
schema: twill/expert/v1
name: mine
title: My kernel
machine: h100
sources: [{what: written for a test}]
tile: {M: 128}
roles:
  load: {warps: 1, registers: 24, order: [load_K@+1, load_V@0]}
  one: {warps: 4, registers: 224, order: [S0@0, O0@-1, max0@0, P0@0, scale0@0]}
  two: {warps: 4, registers: 224, order: [S1@0, O1@-1, max1@0, P1@0, scale1@0]}
buffers:
  K: {memory: shared, slots: 2, values: [load_K]}
missing: [it is of a test]
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder with the hand-made problem and its schedule."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    digest = problem_digest(attention())
    schedule = schedule_to_json(replace(ping_pong(), problem_sha256=digest))
    (folder / "problem.json").write_text(json.dumps(problem_to_json(attention())))
    (folder / "schedule.json").write_text(json.dumps(schedule))
    return folder


# With experts


def test_a_shipped_kernel(twill: Twill) -> None:
    """The word first, both structures, every criterion; the exit code is that of a decision."""
    result = twill("compare", "gemm", "-m", "h100", "--expert", "cutlass_cooperative_gemm", "-q")
    assert result.code == 0
    first = result.out.splitlines()[0]
    assert first.startswith("rediscovered  our schedule and CUTLASS GEMM")
    for number in range(1, 10):
        assert f"C{number} " in result.out
    assert "What their structure costs" in result.out
    assert "nothing is said about measured speed" in result.out
    assert "TFLOPS" not in result.out
    assert result.err == ""


def test_every_kernel_of_a_loop_on_a_machine(twill: Twill) -> None:
    """--all takes those that are paired with what is named."""
    document = twill("compare", "gemm", "-m", "h100", "--all", "-q", "--json").json
    assert [each["expert"] for each in document["comparisons"]] == ["cutlass_cooperative_gemm"]
    assert document["missing"] == []


def test_the_document_fits_its_schema(twill: Twill) -> None:
    """As printed by ``twill schema comparison``."""
    document = twill("compare", "--expert", "cutlass_blackwell_gemm", "-q", "--json").json
    jsonschema.validate(document, json_schema("comparison"))
    (found,) = document["comparisons"]
    assert found["their_ii"] == {
        "low": 656, "high": 656, "proof": "proved by arithmetic", "why": "",
    }  # fmt: skip
    assert found["their_schedule"]["ii"] == 656


def test_another_tile_than_the_kernels(twill: Twill) -> None:
    """--set and the like compare on what the user wants, once."""
    document = twill(
        "compare", "gemm", "-m", "h100", "--set", "K=32", "--expert", "cutlass_cooperative_gemm",
        "-q", "--json",
    ).json  # fmt: skip
    (found,) = document["comparisons"]
    assert "K = 32" in found["pairing"]
    assert found["our_ii"]["high"] == 512


def test_a_file_of_ones_own(twill: Twill, tmp_path: Path, bundle: Path) -> None:
    """An expert file by its path, on a problem by its path."""
    path = tmp_path / "mine.yaml"
    path.write_text(EXPERT)
    result = twill("compare", bundle / "problem.json", "--expert", path, "-q", "--json")
    assert result.code == 0
    (found,) = result.json["comparisons"]
    assert found["expert"] == "mine"
    assert found["their_ii"]["high"] == 2048


# Two schedules


def test_two_bundles(twill: Twill, bundle: Path, tmp_path: Path) -> None:
    """Folders stand for the schedules in them; equal ones are rediscovered."""
    other = tmp_path / "other"
    shutil.copytree(bundle, other)
    result = twill("compare", bundle, other / "schedule.json")
    assert result.code == 0
    assert result.out.startswith("rediscovered ")


def test_schedules_apart_from_their_problem(twill: Twill, bundle: Path, tmp_path: Path) -> None:
    """--problem says what they are of."""
    alone = tmp_path / "alone.json"
    shutil.copy(bundle / "schedule.json", alone)
    without = twill("compare", alone, alone)
    assert without.code == 2
    assert "no problem.json beside" in without.err
    assert twill("compare", alone, alone, "--problem", bundle / "problem.json").code == 0


def test_schedules_of_different_problems(twill: Twill, bundle: Path, tmp_path: Path) -> None:
    """Nothing is compared; both digests are told."""
    other = tmp_path / "other.json"
    schedule = json.loads((bundle / "schedule.json").read_text())
    other.write_text(json.dumps({**schedule, "problem_sha256": "cd" * 32}))
    result = twill("compare", bundle, other)
    assert result.code == 2
    assert "the two schedules are of different problems" in result.err
    assert "cdcdcdcdcdcd" in result.err


def test_a_schedule_that_does_not_verify(twill: Twill, bundle: Path, tmp_path: Path) -> None:
    """The first violation is told, and how to see all."""
    wrong = tmp_path / "wrong.json"
    schedule = json.loads((bundle / "schedule.json").read_text())
    schedule["ops"]["P0"] |= {"start": 100, "stage": 0, "slot": 100}
    wrong.write_text(json.dumps(schedule))
    result = twill("compare", bundle, wrong)
    assert result.code == 2
    assert f"{wrong} is no schedule of this problem: DEPENDENCE" in result.err
    assert "twill verify says all" in result.err


# Wrong input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gemm", "-m", "h100"], "name kernels with --expert, or take them --all"),
        (["gemm", "--all", "--expert", "fa3_forward_hdim128"], "name kernels with --expert"),
        (["--expert", "fa3_forward_hdim12"], "did you mean 'fa3_forward_hdim128'?"),
        (["gem", "-m", "h10", "--all"], "unknown loop 'gem'; did you mean 'gemm'?"),
        (["gem", "-m", "h10", "--all"], "unknown machine 'h10'; did you mean 'h100'?"),
        (["gemm", "--expert", "fa3_forward_hdim128"], "is not paired with gemm"),
        (["figure1", "--all"], "no shipped kernel is paired with figure1"),
        (["--expert", "deepgemm_fp8_gemm"], "deepgemm_fp8_gemm is paired with no loop"),
        (["a.json", "b.json", "-m", "h100"], "with two schedules only --problem"),
        (["a.json", "b.json", "c.json"], "name one SPEC, or two schedules"),
        (["gemm", "--all", "--problem", "x.json"], "name one SPEC, or two schedules"),
        (["a.json", "b.json"], "a.json"),
        (
            ["--set", "N=64", "--expert", "fa3_forward_hdim128"],
            "--set, --subtile and --what-if need the SPEC to be named",
        ),
    ],
)
def test_wrong_input(twill: Twill, arguments: list[str], message: str) -> None:
    """Exit code 2, and a way out."""
    result = twill("compare", *arguments, "-q")
    assert result.code == 2
    assert message in result.err
    assert result.out == ""


def test_everything_that_is_wrong_is_told_at_once(twill: Twill) -> None:
    """Loop, machine and kernel."""
    result = twill("compare", "gem", "-m", "h10", "--expert", "cutlas_gemm", "-q")
    assert result.err.count("error:") == 3


# What is compared


def test_without_a_spec_every_pairing_is_a_case() -> None:
    """In the order of the kernels; those without a pairing are told apart."""
    from twill.cli.choices import Choices
    from twill.cli.experts import cases_of_all
    from twill.spec.expert import load_expert, shipped_experts

    cases, missing = cases_of_all(None, Choices())
    kernels = [load_expert(name) for name in shipped_experts()]
    assert [case.expert.name for case in cases] == [k.name for k in kernels for _ in k.pairings]
    assert [each.name for each in missing] == [k.name for k in kernels if not k.pairings]
    assert missing
    assert cases_of_all("gemm", Choices())[1] == []


def test_a_pairing_brings_its_tile_and_its_changes() -> None:
    """As ``twill show`` lists them."""
    from twill.cli.choices import Choices
    from twill.cli.experts import cases_of_names

    cases = cases_of_names("flash_attention_forward", Choices("b200"), ["fa4_forward_hdim128"])
    assert len(cases) > 1
    assert {case.choices.machine for case in cases} == {"b200"}
    assert [str(change) for case in cases for change in case.choices.changes] == [
        "roles.register_file=68608"
    ]


def test_what_time_did_not_decide_exits_with_4(twill: Twill) -> None:
    """Both IIs are intervals that overlap."""
    result = twill(
        "compare", "flash_attention_forward", "-m", "b200", "--set", "N=128", "--expert",
        "fa4_forward_hdim128", "--time-limit", "0.05", "--no-cache", "-q",
    )  # fmt: skip
    assert result.code == 4
    assert result.out.startswith("not decided ")
    assert "which is smaller is not decided within the limits" in " ".join(result.out.split())
