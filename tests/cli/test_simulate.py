"""``twill simulate``: what is printed, what is compared, what a fault looks like."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reports.trace_rules import violations
from twill.lower import WarpProgram
from twill.lower.program import Wait
from twill.simulate import turns

if TYPE_CHECKING:
    from tests.cli.conftest import Twill

GEMM = ("simulate", "gemm", "-m", "h100", "-q")


def test_a_shipped_pair(twill: Twill) -> None:
    """Speed, values, runs and busy units."""
    result = twill(*GEMM)
    assert result.code == 0
    assert "gemm  simulated: 16 runs, nothing went wrong" in result.out
    assert "1024 cycles per iteration in the steady state, II 1024" in result.out
    assert "every operation as in the loop in program order" in result.out
    assert "within 1e-05" in result.out


def test_json(twill: Twill) -> None:
    """The same for programs."""
    found = twill(*GEMM, "--json", "--trips", "20", "--runs", "2", "--seed", "3").json
    assert found["schema"] == "twill/simulation/v1"
    assert (found["well"], found["ii"], found["trips"]) == (True, 1024, 20)
    assert found["cycles_per_iteration"] == found["in_schedule_order"] == 1024
    assert found["busy"]["tensor"] == 1.0
    assert [v["name"] for v in found["values"]] == ["C"]
    assert sum(r["latencies"] == "random" for r in found["runs"]) == 2
    assert all(r["finding"] is None for r in found["runs"])


@pytest.mark.parametrize("mode", ["fixed", "random", "adversarial"])
def test_one_kind_of_latencies(twill: Twill, mode: str) -> None:
    """Only runs of that kind; without fixed ones no speed is measured."""
    result = twill(*GEMM, "--latencies", mode, "--trips", "12")
    assert result.code == 0
    listed = [line.split()[0] for line in result.out.splitlines() if line.split()]
    kinds = {"fixed", "random", "adversarial"}
    assert kinds & set(listed) == {mode}
    assert ("not measured" in result.out) == (mode != "fixed")


@pytest.mark.parametrize("trips", [0, 1])
def test_short_loops(twill: Twill, trips: int) -> None:
    """No iteration at all is a loop too; there is no steady state."""
    result = twill(*GEMM, "--trips", trips)
    assert result.code == 0
    assert "too few iterations for a steady state" in result.out


def test_a_problem_file_has_symbols(
    twill: Twill, attention_json: Path, ping_pong_json: Path
) -> None:
    """It is not known what is computed, but from what."""
    result = twill("simulate", attention_json, "--schedule", ping_pong_json)
    assert result.code == 0
    assert "every operation as in the loop in program order" in result.out
    assert "textbook" not in result.out


def test_a_scale_for_a_problem_file(twill: Twill, attention_json: Path) -> None:
    """It would mean nothing."""
    result = twill("simulate", attention_json, "--scale", "0.5")
    assert result.code == 2
    assert "--scale" in result.err


@pytest.mark.parametrize("scale", ["nan", "0", "inf", "x"])
def test_a_scale_that_is_none(twill: Twill, scale: str) -> None:
    """A usage error says what is needed."""
    result = twill(*GEMM, "--scale", scale)
    assert result.code == 2
    assert "number" in result.err


def test_a_program_with_a_fault(twill: Twill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 6, and what would have prevented it."""
    monkeypatch.setattr(turns, "program_of", without_waits(turns.program_of))
    result = twill(*GEMM, "--trips", "12")
    assert result.code == 6
    assert "overwritten too early" in result.out
    assert "a wait in front of A, for a barrier on which C arrives" in result.out
    found = twill(*GEMM, "--trips", "12", "--json")
    assert found.code == 6
    assert found.json["well"] is False
    assert {r["finding"]["kind"] for r in found.json["runs"] if r["finding"]} == {
        "overwritten too early"
    }


def test_no_schedule(twill: Twill) -> None:
    """Where no schedule exists, the reason is told and nothing is printed."""
    result = twill(*GEMM, "--registers-per-role", "32")
    assert result.code == 3
    assert result.out == ""
    assert "no schedule to simulate" in result.err


def without_waits(lower: Callable[..., WarpProgram]) -> Callable[..., WarpProgram]:
    """The lowering, but the load role does not wait for empty slots."""

    def faulty(*arguments: object) -> WarpProgram:
        program = lower(*arguments)
        load, *others = program.roles
        body = tuple(i for i in load.body if not isinstance(i, Wait))
        return replace(program, roles=(replace(load, body=body), *others))

    return faulty


def test_trace(twill: Twill, tmp_path: Path) -> None:
    """The fixed run for Perfetto: every operation of every iteration, units as they were held."""
    path = tmp_path / "run.json"
    assert twill(*GEMM, "--trips", "6", "--latencies", "fixed", "--trace", path).code == 0
    document = json.loads(path.read_text(encoding="utf-8"))
    assert violations(document) == []
    assert document["otherData"]["run"] == "simulated, latencies as in the model"
    events = document["traceEvents"]
    issued = {(e["args"]["op"], e["args"]["iteration"]) for e in events if e.get("cat") == "issue"}
    assert issued == {(op, i) for op in ("A", "B", "C") for i in range(6)}
    tensor = [e["args"]["op"] for e in events if e.get("args", {}).get("unit") == "tensor"]
    assert tensor == ["C"] * 6
    assert {e["name"] for e in events if e["ph"] == "s"} == {"A", "B"}


def test_trace_of_no_iteration(twill: Twill, tmp_path: Path) -> None:
    """Nothing ran: a note, and no file."""
    path = tmp_path / "run.json"
    result = twill(*GEMM, "--trips", "0", "--trace", path)
    assert result.code == 0
    assert "no trace" in result.err
    assert not path.exists()


def test_trace_where_it_makes_no_sense(twill: Twill, tmp_path: Path) -> None:
    """Only the fixed run has one; a place that cannot be written is said."""
    result = twill(*GEMM, "--latencies", "random", "--trace", tmp_path / "run.json")
    assert result.code == 2
    assert "--trace is of the fixed run" in result.err
    result = twill(*GEMM, "--trips", "3", "--trace", tmp_path / "missing" / "run.json")
    assert result.code == 2
    assert "cannot write" in result.err
