"""Running the command line inside the test's process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.reports.hand_made import attention, ping_pong, vliw
from twill.cli.app import run
from twill.formats import problem_digest, problem_to_json, schedule_to_json


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)


Twill = Callable[..., Result]


@pytest.fixture
def twill(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Twill:
    """Run a command in a plain environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TWILL_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: object) -> Result:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Result(int(code), captured.out, captured.err)

    return command


@pytest.fixture
def vliw_json(tmp_path: Path) -> Path:
    """A small plain problem whose recurrence gives II 3."""
    path = tmp_path / "vliw.json"
    path.write_text(json.dumps(problem_to_json(vliw()[0])))
    return path


@pytest.fixture
def attention_json(tmp_path: Path) -> Path:
    """The hand-made attention problem."""
    path = tmp_path / "attention.json"
    path.write_text(json.dumps(problem_to_json(attention())))
    return path


@pytest.fixture
def ping_pong_json(tmp_path: Path) -> Path:
    """A schedule of it."""
    from dataclasses import replace

    schedule = replace(ping_pong(), problem_sha256=problem_digest(attention()))
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps(schedule_to_json(schedule)))
    return path
