from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Twill
from tests.solver.test_search import tight
from tests.solver.test_second_opinion import overstated
from twill.formats import problem_to_json


@pytest.fixture
def tight_json(tmp_path: Path) -> Path:
    """A problem whose minimal II is above every bound."""
    path = tmp_path / "tight.json"
    path.write_text(json.dumps(problem_to_json(tight())), encoding="utf-8")
    return path


def test_the_report_says_who_agrees(twill: Twill, tight_json: Path) -> None:
    """Without the option it is one engine's word, with it two engines agree."""
    assert "(one engine's word)" in twill("solve", tight_json, "--no-proof").out
    result = twill("solve", tight_json, "--no-proof", "--cross-check")
    assert result.code == 0
    assert "(two engines agree)" in result.out


def test_a_disagreement_exits_6_and_leaves_both_behind(
    twill: Twill, tight_json: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No result is printed; problem and schedule can be given to twill verify."""
    outcome = overstated()[1]
    monkeypatch.setattr("twill.solver.search._solved", lambda *_: outcome)
    monkeypatch.chdir(tmp_path)
    result = twill("solve", tight_json, "--no-proof", "--cross-check", "--no-cache")
    assert result.code == 6
    assert result.out == ""
    assert "engines disagree: CP-SAT refuted II 4 of tight" in result.err
    (folder,) = tmp_path.glob("twill-disagreement-*")
    checked = twill("verify", folder / "problem.json", folder / "schedule.json")
    assert checked.code == 0
