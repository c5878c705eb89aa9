"""Commands on a problem whose names are hostile: nothing that they print acts on a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile import NAMES
from tests.test_escaping import acting
from twill.cli.app import run

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small hostile problem, its schedule and certificate."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "problem.json").write_text(json.dumps(_small()), encoding="utf-8")
    run(["solve", str(folder / "problem.json"), "-q", "--no-cache", "-o", str(folder / "out")])
    return folder


def _small() -> dict[str, Any]:
    """A load, a multiply and what follows it, on roles; every name hostile."""
    load, multiply, after, unit, tensor, memory = (
        f"{NAMES[n]}{NAMES[11]}{NAMES[10]}" for n in (0, 1, 3, 4, 6, 7)
    )
    result = {"space": memory, "size": 1024}
    return {
        "schema": "twill/problem/v1",
        "name": NAMES[10] + NAMES[11],
        "units": {unit: {}, tensor: {}},
        "memories": {memory: {"capacity": 8192}},
        "roles": {"max_roles": 3, "max_warps": 12, "handoff_memory": memory},
        "limits": {"max_stages": 3},
        "trips": 16,
        "ops": [
            {
                "name": load, "reservations": {unit: [[0, 8, 1]]}, "issue": 2, "latency": 40,
                "asynchronous": True, "variable_latency": True, "streaming": True,
                "result": result,
            },
            {
                "name": multiply, "reservations": {tensor: [[0, 16, 1]]}, "issue": 4,
                "latency": 24, "warps": 4, "asynchronous": True,
                "result": {"space": "register", "size": 16},
            },
            {"name": after, "issue": 10, "latency": 12, "warps": 4},
        ],
        "dependences": [
            {"src": load, "dst": multiply, "blocking": True},
            {"src": multiply, "dst": after, "delay": 24, "blocking": True},
        ],
    }  # fmt: skip


COMMANDS = [
    ("solve", "problem.json", "-q", "--no-cache"),
    ("show", "problem.json"),
    ("verify", "problem.json", "out/schedule.json"),
    ("check", "out"),
    ("lower", "problem.json", "--schedule", "out/schedule.json"),
    ("lower", "problem.json", "--schedule", "out/schedule.json", "--format", "json"),
    ("simulate", "problem.json", "--schedule", "out/schedule.json", "--trips", "9"),
    ("explain", "problem.json", "-q"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands(command: tuple[str, ...], solved: Path, twill: Twill) -> None:
    """Nothing that a command prints acts on a terminal, and JSON is JSON."""
    words = [str(solved / w) if (solved / w).exists() else w for w in command]
    found = twill(*words)
    assert found.code == 0, found.err
    assert acting(found.out) == acting(found.err) == set()
    if "json" in command:
        json.loads(found.out)


def test_report_in_a_bundle(solved: Path) -> None:
    """The text file, too."""
    assert acting((solved / "out" / "report.txt").read_text(encoding="utf-8")) == set()


def test_check_without_other_packages(solved: Path) -> None:
    """What the plain checker prints acts no more than ``twill check``; also when it rejects."""
    module = [sys.executable, "-m", "twill.check", str(solved / "out")]
    found = subprocess.run(module, capture_output=True, text=True, check=False)
    assert found.returncode == 0
    assert acting(found.stdout) == set()


def test_errors(twill: Twill, tmp_path: Path) -> None:
    """Names in messages on stderr: no escape sequence, and as many messages as there are errors."""
    broken = _small()
    broken["ops"][1]["reservations"] = {"no \x1b[2J\nfake.json:1:1: error: such": [[0, 1, 1]]}
    broken["dependences"][0]["src"] = "no \u202e\x9b31m\r such"
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    found = twill("solve", path)
    assert found.code == 2
    assert acting(found.err) == set()
    lines = found.err.splitlines()
    assert sum(line.startswith(f"{path}:") for line in lines) == 2
    assert not any(line.startswith("fake.json") for line in lines)


def test_spec(twill: Twill, tmp_path: Path) -> None:
    """A title may be anything, names words of C++: the kernel has them in comments, or changed."""
    spec = """
schema: twill/loop/v1
name: main
title: "evil */ \\\\\\n#error ??/ \\u202e\\u007f"
parameters: {M: 128, N: 256, K: 64}
type: bf16
warps: 8
operations:
  class: {kind: load, shape: [M, K]}
  II: {kind: load, shape: [K, N]}
  M__AT: {kind: mma, a: class, b: II, shape: [M, N], accumulate: M__AT@-1, in_place: M__AT@-1}
"""
    path = tmp_path / "spec.yaml"
    path.write_text(spec, encoding="utf-8")
    assert acting(twill("show", path).out) == set()
    kernel = twill("lower", path, "-m", "h100", "-q", "--no-cache", "--format", "cuda").out
    assert kernel.isascii()
    assert acting(kernel) == set()
    assert "#error" not in kernel
    assert not any(line.endswith("\\") for line in kernel.splitlines() if "//" in line)
    assert "class_2_AT = " in kernel
    assert "void main_2(" in kernel
