"""Certificates whose answer is known: by hand, from the first sum to the last hint."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check.bundles import (
    deep,
    endless,
    figure1,
    pair,
    pair_content,
    with_content,
)
from twill.check import check

ROOT = Path(__file__).resolve().parents[2]


def test_figure_1_by_arithmetic(tmp_path: Path) -> None:
    """Two operations of one cycle on the tensor unit: II 1 is impossible, II 2 is there."""
    result = check(figure1().write(tmp_path))
    assert result.claim == "II 2 is the smallest of figure1, with any number of stages"
    assert result.proof == "proved by arithmetic"
    assert result.refutations == ()
    assert (
        "lower bound: resource tensor: S 1 + O 1 = 2 over capacity 1, excludes II 1"
        in result.checked
    )


def test_a_pair_by_a_proof_written_down_by_hand(tmp_path: Path) -> None:
    """Four axioms and one step refute II 4; lemma 1 takes that to every II below."""
    result = check(with_content(pair_content()).write(tmp_path))
    assert result.claim == "II 5 is the smallest of pair, with any number of stages"
    assert result.proof == "proved by a checked refutation"
    (found,) = result.refutations
    assert (found.steps, found.exchanges, sum(found.axioms.values())) == (1, 0, 4)
    assert any(line.startswith("lemma 1") for line in result.assumed)


def test_the_tests_own_prover_writes_the_same(tmp_path: Path) -> None:
    """Splitting finds the proof that was written down by hand, or another that holds."""
    assert check(pair().write(tmp_path)).claim.startswith("II 5 is the smallest")


def test_no_ii_at_all(tmp_path: Path) -> None:
    """Infeasible at the horizon, so above (lemma 3) and below (lemma 1)."""
    result = check(endless().write(tmp_path))
    assert result.claim == "together has no schedule at any II, with any number of stages"
    assert result.schedule is None


def test_fewest_stages_and_roles_at_the_ii(tmp_path: Path) -> None:
    """Refutations with 3 stages and with one role say how many are needed."""
    result = check(deep().write(tmp_path))
    assert "at II 5: at least 4 stages, by a refutation" in result.checked
    assert "at II 5: at least 2 roles, by a refutation" in result.checked
    assert len(result.refutations) == 3


def test_the_standard_library_is_enough(tmp_path: Path) -> None:
    """A Python without any site packages checks a bundle that was put together by hand."""
    alone = tmp_path / "alone"
    shutil.copytree(ROOT / "twill", alone / "twill", ignore=shutil.ignore_patterns("*.pyc"))
    deep().write(tmp_path / "bundle")
    code = f"import sys, runpy; sys.path.insert(0, {str(alone)!r}); sys.argv[1:] = sys.argv[1:]"
    run = f"{code}; runpy.run_module('twill.check', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", run, str(tmp_path / "bundle")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("II 5 is the smallest of deep")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "usage: "),
        (["--help"], 2, "usage: "),
        (["nowhere"], 2, "there is no certificate nowhere"),
        (["."], 2, "there is no certificate certificate.json"),
        (["certificate.json"], 6, "rejected: certificate.json: the field 'twill' is missing"),
    ],
)
def test_the_module_as_a_command(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    """``python -m twill.check``: exit codes as those of ``twill check``."""
    if code == 6:
        (tmp_path / "certificate.json").write_text(json.dumps({"schema": "twill/certificate/v1"}))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "twill.check", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == code
    assert message in done.stdout + done.stderr
