from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.reports.hand_made import attention, feasible, ping_pong, vliw
from twill.formats import json_schema, problem_digest, problem_to_json
from twill.problem import Memory, Op, Problem, Result
from twill.schedule import Infeasible, Outcome, Reason, Unknown

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def _answers(monkeypatch: pytest.MonkeyPatch, outcome: Outcome | Exception) -> None:
    """Let the solver answer this."""
    import twill.solver

    def solve(*_arguments: object) -> Outcome:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(twill.solver, "solve", solve, raising=False)


def test_optimal_exits_0(twill: Twill, vliw_json: Path) -> None:
    """A proved schedule is printed on stdout, nothing on stderr."""
    result = twill("solve", vliw_json)
    assert result.code == 0
    assert result.out.startswith("vliw  II 3 cycles, optimal")
    assert "recurrence add -> add" in result.out
    assert result.err == ""


def test_same_seed_same_report(twill: Twill, vliw_json: Path) -> None:
    """The report holds no times, so two runs are equal to the letter."""
    first, second = (twill("solve", vliw_json, "--seed", 7, "--no-cache") for _ in range(2))
    assert first.out == second.out


def test_json_is_one_document(twill: Twill, vliw_json: Path) -> None:
    """``--json`` prints the outcome in its documented form."""
    result = twill("solve", vliw_json, "--json")
    assert result.code == 0
    jsonschema.validate(result.json, json_schema("outcome"))
    assert result.json["schedule"]["ii"] == 3


def test_bundle(twill: Twill, vliw_json: Path, tmp_path: Path) -> None:
    """``-o`` makes the folder; what it holds verifies."""
    folder = tmp_path / "deep" / "out"
    result = twill("solve", vliw_json, "-o", folder)
    assert result.code == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "certificate.json",
        "problem.json",
        "refutation-3-1-stages.json.xz",
        "report.html",
        "report.txt",
        "schedule.json",
        "trace.json",
    ]
    assert "wrote problem.json, schedule.json, certificate.json, refutation" in result.err
    assert (folder / "report.txt").read_text() == result.out
    assert twill("verify", folder / "problem.json", folder / "schedule.json").code == 0
    schedule = json.loads((folder / "schedule.json").read_text())
    assert schedule["problem_sha256"] == problem_digest(vliw()[0])


def test_quiet_says_nothing_on_stderr(twill: Twill, vliw_json: Path, tmp_path: Path) -> None:
    """``-q`` leaves stderr empty."""
    assert twill("solve", vliw_json, "-q", "-o", tmp_path / "out").err == ""


def test_infeasible_exits_3(twill: Twill, tmp_path: Path) -> None:
    """A value larger than its memory: the reason has the numbers and a way out."""
    problem = Problem(
        "big", (Op("a", result=Result("shared", 300)),), memories=(Memory("shared", 200),)
    )
    path = tmp_path / "big.json"
    path.write_text(json.dumps(problem_to_json(problem)))
    result = twill("solve", path, "-o", tmp_path / "out")
    assert result.code == 3
    assert "infeasible" in result.out
    assert "300" in result.out
    assert "200" in result.out
    assert "what would help" in result.out
    assert not (tmp_path / "out" / "schedule.json").exists()
    assert (tmp_path / "out" / "report.txt").exists()


def test_infeasible_removes_an_earlier_schedule(
    twill: Twill, vliw_json: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule of an earlier run does not stay beside a problem that has none."""
    assert twill("solve", vliw_json, "-o", tmp_path / "out").code == 0
    _answers(monkeypatch, Infeasible(Reason("no"), "one engine's word"))
    assert twill("solve", vliw_json, "-o", tmp_path / "out", "--no-cache").code == 3
    assert not (tmp_path / "out" / "schedule.json").exists()


def test_feasible_exits_4(
    twill: Twill, attention_json: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule without proof is shown with its gap and what ended the search."""
    _answers(monkeypatch, feasible())
    result = twill("solve", attention_json)
    assert result.code == 4
    assert "not proved optimal" in result.out
    assert "time limit of 5 s" in result.out


def test_unknown_exits_5(
    twill: Twill, attention_json: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No schedule and no proof is neither success nor infeasible."""
    _answers(monkeypatch, Unknown(Reason("no time"), 7))
    result = twill("solve", attention_json)
    assert result.code == 5
    assert "infeasible" not in result.out


def test_failed_verification_exits_6(
    twill: Twill, attention_json: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule that does not verify is never printed."""
    from twill.solver import VerificationFailed
    from twill.verify import Violation

    _answers(monkeypatch, VerificationFailed((Violation("MEMORY", "too much"),)))
    result = twill("solve", attention_json)
    assert result.code == 6
    assert result.out == ""
    assert "MEMORY: too much" in result.err


@pytest.mark.parametrize("debug", [False, True])
def test_internal_error_exits_1(
    twill: Twill, attention_json: Path, monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    """A bug is one line and how to report it; the traceback only on request."""
    _answers(monkeypatch, RuntimeError("the\nbug"))
    if debug:
        monkeypatch.setenv("TWILL_DEBUG", "1")
    result = twill("solve", attention_json)
    assert result.code == 1
    assert "internal error: RuntimeError: the bug" in result.err
    assert "report it" in result.err
    assert ("Traceback" in result.err) is debug


def test_interrupted_without_result_exits_130(
    twill: Twill, attention_json: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C before anything is known."""
    _answers(monkeypatch, KeyboardInterrupt())  # type: ignore[arg-type]
    monkeypatch.setattr("twill.solver.solve", _raise_interrupt)
    result = twill("solve", attention_json, "--json")
    assert result.code == 130
    assert result.json["error"] == "interrupted"
    assert "interrupted" in result.err


def _raise_interrupt(*_arguments: object) -> Outcome:
    raise KeyboardInterrupt


def test_full_disk_keeps_the_result(
    twill: Twill, vliw_json: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where writing fails after the search, the result is still on stdout."""

    def full(*_arguments: object) -> None:
        from twill.diagnostics import Diagnostic, InputError

        raise InputError([Diagnostic("cannot write: no space left on device")])

    monkeypatch.setattr("twill.files.write_bundle", full)
    result = twill("solve", vliw_json, "-o", tmp_path / "out")
    assert result.code == 2
    assert "optimal" in result.out
    assert "no space left" in result.err


@pytest.mark.parametrize("inside", ["", "below", "below/deeper"])
def test_output_that_is_a_file(
    twill: Twill, vliw_json: Path, tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before the search starts."""
    _answers(monkeypatch, RuntimeError("searched"))
    taken = tmp_path / "taken"
    taken.write_text("x")
    result = twill("solve", vliw_json, "-o", taken / inside)
    assert result.code == 2
    assert "cannot write to the folder" in result.err
    assert "is not a folder" in result.err
    assert taken.read_text() == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_output_without_permission(twill: Twill, vliw_json: Path, tmp_path: Path) -> None:
    """A folder without write permission is refused, and nothing is left in it."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    result = twill("solve", vliw_json, "-o", locked / "out")
    assert result.code == 2
    assert "permission denied" in result.err
    assert list(locked.iterdir()) == []


def test_output_on_a_file_system_that_refuses(twill: Twill, vliw_json: Path) -> None:
    """Even root cannot make a folder in /proc."""
    result = twill("solve", vliw_json, "-o", "/proc/out")
    assert result.code == 2
    assert "cannot write to the folder /proc/out" in result.err


def test_bundle_has_schedule_of_feasible(
    twill: Twill, attention_json: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schedule without proof is written, too, with its status."""
    _answers(monkeypatch, feasible())
    twill("solve", attention_json, "-o", tmp_path / "out")
    schedule = json.loads((tmp_path / "out" / "schedule.json").read_text())
    assert schedule["status"] == "feasible"
    assert schedule["ii"] == ping_pong().ii


def test_report_names_the_stage_limit(twill: Twill, tmp_path: Path) -> None:
    """The claim is about a model, and the report says which."""
    problem = attention()
    limits = replace(problem.limits, max_stages=3)
    path = tmp_path / "three.json"
    path.write_text(json.dumps(problem_to_json(replace(vliw()[0], limits=limits))))
    assert "at most 3 stages" in twill("solve", path).out
