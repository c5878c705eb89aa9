from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_good_schedule_exits_0(twill: Twill, attention_json: Path, ping_pong_json: Path) -> None:
    """Every constraint is listed."""
    result = twill("verify", attention_json, ping_pong_json)
    assert result.code == 0
    assert "verified" in result.out
    assert "CONCURRENCY" in result.out


def _change(path: Path, *keys: str, value: object) -> None:
    document = json.loads(path.read_text())
    place = document
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    path.write_text(json.dumps(document))


def test_bad_schedule_exits_6(twill: Twill, attention_json: Path, ping_pong_json: Path) -> None:
    """The violated constraint is named with its numbers, as text and as JSON."""
    document = json.loads(ping_pong_json.read_text())
    document["ops"]["max0"].update(start=600, slot=600)
    ping_pong_json.write_text(json.dumps(document))
    result = twill("verify", attention_json, ping_pong_json)
    assert result.code == 6
    assert "✗ DEPENDENCE" in result.out
    assert "600" in result.out
    violations = twill("verify", attention_json, ping_pong_json, "--json").json["violations"]
    assert {violation["constraint"] for violation in violations} >= {"DEPENDENCE"}


def test_schedule_of_another_problem(
    twill: Twill, attention_json: Path, ping_pong_json: Path
) -> None:
    """A schedule that names another problem is rejected even if its numbers fit."""
    _change(ping_pong_json, "problem_sha256", value="0" * 64)
    result = twill("verify", attention_json, ping_pong_json)
    assert result.code == 6
    assert "000000000000" in result.out


def test_verify_loads_no_solver(attention_json: Path, ping_pong_json: Path) -> None:
    """The verdict is reached without any engine in the process."""
    import subprocess
    import sys

    code = (
        "import sys; from twill.cli.app import run;"
        f"code = run(['verify', {str(attention_json)!r}, {str(ping_pong_json)!r}]);"
        "engines = {'ortools', 'z3', 'networkx', 'pandas', 'numpy'} & set(sys.modules);"
        "print(code, sorted(engines))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert out.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("missing", [0, 1])
def test_missing_file(
    twill: Twill, attention_json: Path, ping_pong_json: Path, missing: int
) -> None:
    """A file that is not there is named."""
    files = [attention_json, ping_pong_json]
    files[missing] = files[missing].with_name("nowhere.json")
    result = twill("verify", *files)
    assert result.code == 2
    assert "nowhere.json" in result.err
