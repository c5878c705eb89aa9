from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.dumps import CASES
from twill.cli.totals import compare_totals
from twill.importers import Options, load_graph
from twill.machine import Machine
from twill.problem import Problem
from twill.schedule import Optimal, Schedule
from twill.solver import SolveOptions, solve
from twill.verify import verify

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no graphs at TWILL_CASES")

GEMM = CASES / "triton_ddg" / "case1_simple_gemm.ddg.json"
ATTENTION = CASES / "triton_ddg" / "case3_FA.ddg.json"
NORM = CASES / "triton_ddg" / "case6_layernorm.ddg.json"
CURATED = CASES / "curated" / "fa_fwd.curated_ddg.json"
SUBTILED = CASES / "curated" / "fa_fwd_subtiled.curated_ddg.json"


def _solved(problem: Problem, *levels: str) -> Schedule:
    outcome = solve(problem, SolveOptions(time_limit=120, workers=1, levels=levels))
    assert isinstance(outcome, Optimal)
    assert verify(problem, outcome.schedule) == ()
    return outcome.schedule


@pytest.mark.parametrize(
    ("path", "ii", "length", "ops", "contracted"),
    [
        (GEMM, 256, 1211, 5, 3),
        (ATTENTION, 1325, 4493, 31, 22),
        (NORM, 511, 2639, 23, 13),
        (CURATED, 1325, 2911, 29, 20),
        (SUBTILED, 1033, 2209, 53, 36),
    ],
    ids=lambda value: value.name.split(".")[0] if isinstance(value, Path) else str(value),
)
def test_timing(path: Path, ii: int, length: int, ops: int, contracted: int) -> None:
    """The plain modulo problem has the published II and length, contracted or not."""
    for contract, count in ((False, ops), (True, contracted)):
        problem = load_graph(path, options=Options(contract=contract)).problem
        schedule = _solved(problem, "length")
        assert (len(problem.ops), schedule.ii, schedule.length) == (count, ii, length)
        assert schedule.objective[-1].proved


@pytest.mark.parametrize(
    ("path", "ii"),
    [(GEMM, 256), (NORM, 510), (CURATED, 1325), (SUBTILED, 1033)],
    ids=lambda value: value.name.split(".")[0] if isinstance(value, Path) else str(value),
)
def test_joint(path: Path, ii: int, b200: Machine) -> None:
    """With roles, registers and memories the resource and recurrence bounds are still reached."""
    assert _solved(load_graph(path, machine=b200).problem).ii == ii


@pytest.mark.parametrize(
    ("path", "stated", "computed"),
    [(GEMM, 256, 256), (ATTENTION, 1199, 1198), (NORM, 517, 511)],
    ids=lambda value: value.name.split(".")[0] if isinstance(value, Path) else str(value),
)
def test_totals(path: Path, stated: int, computed: int) -> None:
    """The compiler counts an operation of no occupancy as one cycle; the rest agrees."""
    imported = load_graph(path)
    account = imported.account
    found = {c.name: c for c in compare_totals(account.totals, account.idle, imported.problem)}
    assert (found["res_mii"].stated, found["res_mii"].computed) == (stated, computed)
    assert found["res_mii"].agrees or "of no occupancy on CUDA" in found["res_mii"].reason
    assert found["rec_mii"].agrees


@pytest.mark.parametrize("path", [GEMM, ATTENTION, NORM, CURATED, SUBTILED], ids=lambda p: p.name)
def test_everything_in_the_graphs_is_understood(path: Path, b200: Machine) -> None:
    """No key and no kind of operation of these files is unknown."""
    assert load_graph(path).account.not_understood == ()
    assert load_graph(path, machine=b200).account.not_understood == ()
