from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_list_has_all_shipped_files(twill: Twill) -> None:
    """Every shipped loop and machine, with a title."""
    result = twill("list")
    assert result.code == 0
    for name in ("figure1", "gemm", "flash_attention_forward", "flash_attention_backward"):
        assert name in result.out
    for name in ("a100", "h100", "b200"):
        assert name in result.out
    document = twill("list", "--json").json
    assert all(entry["title"] for entry in document["specs"] + document["machines"])


def test_every_listed_name_can_be_shown(twill: Twill) -> None:
    """What ``list`` prints is what ``show`` takes."""
    document = twill("list", "--json").json
    for entry in document["specs"]:
        result = twill("show", entry["name"])
        assert result.code == 0
        assert entry["name"] in result.out
        assert twill("show", entry["name"], "--json").code == 0
    for entry in document["machines"]:
        assert twill("show", "--machine", entry["name"]).code == 0


def test_elaborated_problem_shows_every_cost_with_its_source(twill: Twill) -> None:
    """Each op, each of its costs with formula, each number of the machine that it used."""
    document = twill("show", "gemm", "--machine", "h100", "--json").json
    out = " ".join(twill("show", "gemm", "--machine", "h100").out.split())
    assert document["costs"]
    for op in document["problem"]["ops"]:
        assert op["name"] in out
        for line in document["costs"][op["name"]]:
            assert line["quantity"] in out
            assert f"{line['value']} {line['unit']}" in out
            for source in line["sources"]:
                assert source["name"] in out
                assert source["confidence"] in out


def test_problem_of_a_spec_can_be_solved_as_a_file(twill: Twill, tmp_path: Path) -> None:
    """``show --problem`` and ``solve`` fit together: same problem, same schedule."""
    shown = twill("show", "figure1", "--machine", "figure1", "--problem")
    assert shown.code == 0
    path = tmp_path / "problem.json"
    path.write_text(shown.out)
    from_file = twill("solve", path, "--json", "--no-cache")
    from_spec = twill("solve", "figure1", "--machine", "figure1", "--json", "--no-cache")
    assert from_file.code == from_spec.code == 0
    schedules = [json.loads(result.out)["schedule"] for result in (from_file, from_spec)]
    for schedule in schedules:
        schedule.pop("solver")
    assert schedules[0] == schedules[1]


def test_figure_1(twill: Twill) -> None:
    """The paper's example: II 2 in two stages."""
    result = twill("solve", "figure1", "--machine", "figure1")
    assert result.code == 0
    assert result.out.startswith("figure1  II 2 cycles, optimal")
    assert "2 stages, 4 cycles" in result.out


def test_gemm_reaches_the_tensor_core(twill: Twill) -> None:
    """128×256×64 on an H100: 1024 cycles on the tensor core, and its speed in TFLOPS."""
    result = twill("solve", "gemm", "--machine", "h100")
    assert result.code == 0
    assert "tensor is busy" in result.out
    assert "TFLOPS in the model's steady state" in result.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "NN=64"], ["NN", "N"]),
        (["--set", "N=100"], ["100"]),
        (["--subtile", "Q=2"], ["Q"]),
        (["--subtile", "M=3"], ["3"]),
    ],
)
def test_parameters_that_do_not_fit(twill: Twill, arguments: list[str], words: list[str]) -> None:
    """Unknown parameters, tiles that are no multiple of an instruction's, odd sub-tiles."""
    result = twill("solve", "gemm", "--machine", "h100", *arguments)
    assert result.code == 2
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


def test_spec_without_the_machine_it_needs(twill: Twill) -> None:
    """A loop without explicit costs needs a machine, and the error says how to give one."""
    result = twill("solve", "gemm")
    assert result.code == 2
    assert "--machine" in result.err


def test_too_large_for_shared_memory_is_infeasible(twill: Twill) -> None:
    """A tile that no memory holds: exit 3, with the memory, the amounts and a way out."""
    result = twill("solve", "gemm", "--machine", "h100", "--set", "K=4096")
    assert result.code == 3
    assert "shared" in result.out
    assert "what would help" in result.out
