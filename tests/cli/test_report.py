"""``twill report``: every format, from a spec, a problem, a schedule and a bundle."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Twill
from twill.formats import json_schema

FORMATS = {
    "html": "<!DOCTYPE html>",
    "markdown": "## vliw",
    "json": '{\n  "schema": "twill/report/v1"',
    "trace": '{"displayTimeUnit"',
    "dot": "digraph",
    "mermaid": "flowchart",
    "text": "vliw  II 3 cycles, optimal",
}


@pytest.fixture
def bundle(twill: Twill, vliw_json: Path, tmp_path: Path) -> Path:
    """What ``solve -o`` writes of a small problem."""
    assert twill("solve", vliw_json, "-q", "-o", tmp_path / "out").code == 0
    return tmp_path / "out"


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_a_bundle(twill: Twill, bundle: Path, form: str) -> None:
    """On stdout, with nothing on stderr."""
    result = twill("report", bundle, "--format", form)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(FORMATS[form])


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("page.html", "<!DOCTYPE html>"),
        ("page.HTM", "<!DOCTYPE html>"),
        ("notes.md", "## vliw"),
        ("report.json", "{"),
        ("graph.dot", "digraph"),
        ("graph.gv", "digraph"),
        ("graph.mmd", "flowchart"),
        ("report.txt", "vliw"),
    ],
)
def test_the_name_of_a_file_says_its_format(
    twill: Twill, bundle: Path, tmp_path: Path, name: str, begins: str
) -> None:
    """What is written is what the name ends in."""
    result = twill("report", bundle, "-o", tmp_path / name)
    assert (result.code, result.out, result.err) == (0, "", f"wrote {tmp_path / name}\n")
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


def test_a_bundle_is_reported_as_it_was_solved(twill: Twill, bundle: Path) -> None:
    """The page of a bundle, and its report, are the ones that ``solve`` wrote."""
    assert twill("report", bundle, "--format", "html").out == (bundle / "report.html").read_text()
    assert twill("report", bundle, "--format", "trace").out == (bundle / "trace.json").read_text()
    text = twill("report", bundle).out
    assert text.startswith((bundle / "report.txt").read_text())
    assert "Critical circuit" in text


def test_a_spec_says_more_than_its_problem(twill: Twill, tmp_path: Path) -> None:
    """Sources of the machine's numbers are known of a spec, and said to be unknown of a problem."""
    spec = twill("report", "figure1", "-m", "figure1", "--format", "json")
    jsonschema.validate(spec.json, json_schema("report"))
    assert {section["id"] for section in spec.json["sections"]} >= {"loop", "assumptions"}
    assert twill("solve", "figure1", "-m", "figure1", "-q", "-o", tmp_path / "out").code == 0
    bare = twill("report", tmp_path / "out" / "problem.json")
    assert "which machine they are from" in bare.out
    bundled = twill("report", tmp_path / "out", "--format", "json").json
    assert bundled["model"] == spec.json["model"]


def test_sensitivity(twill: Twill, vliw_json: Path) -> None:
    """What ``explain`` says is in the report, asked for."""
    assert "Why not II 2" not in twill("report", vliw_json).out
    assert "Why not II 2" in twill("report", vliw_json, "--sensitivity").out


def test_experts(twill: Twill, vliw_json: Path) -> None:
    """What ``compare`` says is in the report, asked for; nothing where no kernel is paired."""
    assert "Comparison with experts" not in twill("report", "gemm", "-m", "a100", "-q").out
    found = twill("report", "gemm", "-m", "a100", "-q", "--experts", "--format", "json").json
    section = next(each for each in found["sections"] if each["id"] == "experts")
    first = section["tables"][0]["rows"][0]
    assert (first["kernel"], first["our_ii"]) == ("cutlass_multistage_gemm", 2364)
    unpaired = twill("report", "figure1", "-m", "figure1", "--experts", "--no-cache")
    assert unpaired.code == 0
    assert "note: no shipped kernel is paired with figure1 on figure1" in unpaired.err
    problem = twill("report", vliw_json, "--experts")
    assert problem.code == 2
    assert "--experts needs a loop and its machine" in problem.err


def test_a_schedule_from_a_file_proves_only_what_arithmetic_says(
    twill: Twill, attention_json: Path, ping_pong_json: Path
) -> None:
    """At the bound of arithmetic it is optimal, above it nobody knows, whatever the file claims."""
    found = twill("report", attention_json, "--schedule", ping_pong_json, "--format", "json")
    assert (found.code, found.json["proof"]) == (0, "proved by arithmetic")
    slower = json.loads(ping_pong_json.read_text())
    slower["ii"] += 1
    slower["objective"] = []
    for op in slower["ops"].values():
        op["start"] = op["stage"] * slower["ii"] + op["slot"]
    ping_pong_json.write_text(json.dumps(slower))
    found = twill("report", attention_json, "--schedule", ping_pong_json, "--format", "json")
    if found.code != 2:
        assert (found.code, found.json["proof"]) == (4, "not proved")


def test_infeasible_is_reported(twill: Twill, attention_json: Path, tmp_path: Path) -> None:
    """Exit code 3, a page, no trace."""
    limits = ("--registers-per-role", "40", "--forbid-roles-above", "2")
    page = tmp_path / "page.html"
    result = twill("report", attention_json, *limits, "-q", "-o", page)
    assert result.code == 3
    assert "infeasible: no schedule exists" in page.read_text("utf-8")
    trace = twill("report", attention_json, *limits, "-q", "--format", "trace")
    assert (trace.code, trace.out) == (3, "")
    assert trace.err.startswith("error: there is no schedule to trace: ")
    bundle = tmp_path / "out"
    assert twill("solve", attention_json, *limits, "-q", "-o", bundle).code == 3
    assert twill("report", bundle).code == 3
    assert not (bundle / "trace.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("-o", "page.doc"), "what to write to page.doc is not clear", "add --format"),
        (("-o", "nowhere/page.html"), "there is no folder nowhere", "make the folder"),
        (("-o", "."), "what to write to . is not clear", "add --format"),
        (("--format", "html", "-o", "."), "it is a folder", "name the file too"),
        (("--format", "pdf"), "'pdf' is not one of text, html", ""),
        (("--format", "htm"), "did you mean 'html'?", ""),
    ],
)
def test_wrong_places_and_formats(
    twill: Twill,
    vliw_json: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
    hint: str,
) -> None:
    """They are refused before anything is searched for, with what to do."""
    monkeypatch.chdir(vliw_json.parent)
    result = twill("report", vliw_json, *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert hint in result.err


def test_a_folder_that_is_no_bundle(twill: Twill, tmp_path: Path) -> None:
    """What should be there is named."""
    result = twill("report", tmp_path)
    assert result.code == 2
    assert "has no problem.json" in result.err


@pytest.mark.parametrize(
    "option",
    [("-m", "h100"), ("--set", "N=64"), ("--schedule", "x.json"), ("--max-stages", "2")],
)
def test_a_bundle_takes_no_choices(twill: Twill, bundle: Path, option: tuple[str, str]) -> None:
    """It holds a problem already."""
    result = twill("report", bundle, *option)
    assert result.code == 2
    assert "cannot be used with a bundle" in result.err


def test_a_bundle_that_proves_nothing_is_refused(twill: Twill, bundle: Path) -> None:
    """The proof is checked before it is repeated."""
    refutation = next(bundle.glob("refutation-*"))
    document = json.loads(lzma.decompress(refutation.read_bytes()))
    document["ii"] += 1
    refutation.write_bytes(lzma.compress(json.dumps(document).encode()))
    result = twill("report", bundle)
    assert result.code == 2
    assert "certificate.json proves nothing: " in result.err


def test_a_bundle_without_a_certificate_proves_what_arithmetic_says(
    twill: Twill, bundle: Path
) -> None:
    """Without it, and without a schedule, less and less is known."""
    (bundle / "certificate.json").unlink()
    assert twill("report", bundle, "--format", "json").json["proof"] == "proved by arithmetic"
    (bundle / "schedule.json").unlink()
    result = twill("report", bundle, "--format", "json")
    assert (result.code, result.json["status"]) == (5, "unknown")
