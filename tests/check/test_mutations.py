"""Random damage: nothing that changes a claim is accepted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.bundles import Bundle, deep, endless, figure1, pair
from tests.check.mutate import bundle_files, claim, damages, survives
from twill.check import check
from twill.elaborate import elaborate
from twill.files import write_bundle
from twill.formats import problem_to_json
from twill.knobs import Knobs, turned
from twill.problem import Problem
from twill.solver import SolveOptions, solve
from twill.solver.proof.certificate import certificate_files
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

EACH = 400


@pytest.mark.parametrize("make", [figure1, pair, endless, deep])
def test_no_damage_changes_a_claim(tmp_path: Path, make: Callable[[], Bundle]) -> None:
    """A damaged bundle is rejected, or proves what it proved before: the damage was none."""
    make().write(tmp_path / "whole")
    _damage(tmp_path)


def test_no_damage_changes_a_claim_that_the_solver_made(tmp_path: Path) -> None:
    """The same of forward attention with few registers, whose II 2205 the solver refutes."""
    problem = few_registers()
    outcome = solve(problem, SolveOptions(120, 0, 1, levels=()))
    files = certificate_files(problem, outcome)
    assert any(name.endswith(".xz") for name in files)
    problem_file = json.dumps(problem_to_json(problem))
    write_bundle(tmp_path / "whole", {**files, "problem.json": problem_file})
    _damage(tmp_path)


def few_registers() -> Problem:
    """One tile on one warp group with 168 registers: registers forbid any overlap."""
    loop, machine = load_loop("flash_attention_forward"), load_machine("h100")
    problem = elaborate(loop, machine, {"M": 64}, {"M": 1}).problem
    return turned(problem, Knobs(max_roles=2, registers_per_role=168))


def _damage(tmp_path: Path) -> None:
    """Damage the bundle in ``whole`` again and again.

    What may survive is what means nothing: the version, white space, another valid witness, an
    atom or a source that nothing uses.
    """
    files = bundle_files(tmp_path / "whole")
    before = claim(check(tmp_path / "whole"))
    survived = []
    for damage in damages(files, EACH, EACH):
        folder = tmp_path / "damaged"
        message = survives(damage.files, folder, before)
        if not message:
            survived.append(damage.what)
        shutil.rmtree(folder)
    assert len(survived) <= EACH // 10, survived
