"""``twill solve -o`` writes certificates that ``twill check`` accepts, and none without a proof."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Twill
from tests.solver.proof.small import ONE, budgets, handed_off, values
from tests.solver.test_search import accumulators, scattered
from twill.formats import problem_to_json
from twill.problem import Dependence, Memory, Op, Problem, Requirements, Reservation, Result, Unit
from twill.solver.proof.process import attempt


def memory() -> Problem:
    """One slot of each of two results does not fit."""
    made = (Op("A", result=Result("shared", 8)), Op("B", result=Result("shared", 5)))
    return Problem("memory", made, (), (), (Memory("shared", 12),))


def endless() -> Problem:
    """B starts after A and reads what A gave two iterations ago; there is one slot."""
    a = Op("A", latency=1, result=Result("shared", 8))
    edges = (Dependence("A", "B", 1), Dependence("A", "B", 1, 2))
    return Problem("endless", (a, Op("B")), edges, (), (Memory("shared", 8),))


def wide_value() -> Problem:
    """A result of 9 registers, a role has 8."""
    first, second = values().ops
    first = replace(first, result=Result("register", 9))
    return replace(values(), name="wide value", ops=(first, second))


def one_role() -> Problem:
    """A load has a role to itself, and there is one."""
    return replace(handed_off(), name="one role", roles=ONE)


def two_stages() -> Problem:
    """C starts 7 cycles after A, in a period of 5; the load has a role to itself."""
    longer = (*handed_off().dependences, Dependence("B", "C", 4))
    return replace(handed_off(), ops=(*handed_off().ops, Op("C")), dependences=longer)


def mixed() -> Problem:
    """A load and what is no load are to be together."""
    return replace(handed_off(), requirements=Requirements({"A": "x", "B": "x"}))


def neither() -> Problem:
    """No schedule at any II, and lemma 1 does not hold: every II up to the horizon is refuted."""
    ops = (*accumulators().ops, Op("A", {"u": (Reservation(0, 1), Reservation(2, 1))}))
    return replace(accumulators(), name="neither", ops=ops, units=(Unit("u"),))


def narrow() -> Problem:
    """Two accumulators are more than the register file."""
    return budgets(12, 4)


def folder_of(twill: Twill, problem: Problem, where: Path, *options: str) -> tuple[Path, str, int]:
    """Where a problem's bundle was written, what was printed, and the exit code."""
    path, out = where / "given.json", where / "out"
    path.write_text(json.dumps(problem_to_json(problem)), encoding="utf-8")
    done = twill("solve", path, "-o", out, "--no-cache", *options)
    return out, done.out, done.code


OPTIMAL = {
    "lemma 1 holds": (values(), [3], 4),
    "lemma 1 does not hold": (replace(scattered(0, 2, 6), name="scattered"), [3, 4], 5),
}


@pytest.mark.parametrize("name", list(OPTIMAL))
def test_an_optimal_ii(twill: Twill, tmp_path: Path, name: str) -> None:
    """One refutation where lemma 1 holds, else of every II down to the bound."""
    problem, refuted, ii = OPTIMAL[name]
    out, said, code = folder_of(twill, problem, tmp_path)
    assert (code, "(proved by a checked refutation)" in said) == (0, True)
    steps = json.loads((out / "certificate.json").read_text())["lower_bound"]
    assert [step["ii"] for step in steps if step["kind"] == "refutation"] == refuted
    assert sorted(path.name for path in out.glob(f"refutation-{refuted[0]}.json.xz"))
    done = twill("check", out)
    assert done.code == 0
    assert done.out.startswith(f"II {ii} is the smallest of {problem.name}")


def test_the_least_ii_there_is(twill: Twill, tmp_path: Path) -> None:
    """Nothing is below II 1: the witness is all that there is to check."""
    out, _, code = folder_of(twill, Problem("free", (Op("A"),)), tmp_path)
    assert code == 0
    assert json.loads((out / "certificate.json").read_text())["lower_bound"] == []
    assert twill("check", out).out.startswith("II 1 is the smallest of free")


INFEASIBLE = {
    "at the horizon": (accumulators(), "refutation"),
    "at every II": (neither(), "refutation"),
    "a sum over a memory": (memory(), "memory"),
    "an endless circuit": (endless(), "endless circuit"),
    "one operation's registers": (wide_value(), "refutation"),
    "the register file": (narrow(), "refutation"),
    "too few roles": (one_role(), "refutation"),
    "requirements": (mixed(), "refutation"),
}


@pytest.mark.parametrize("name", list(INFEASIBLE))
def test_no_ii_at_all(twill: Twill, tmp_path: Path, name: str) -> None:
    """By arithmetic where a certificate has a sum for it, else refuted at the horizon."""
    problem, kind = INFEASIBLE[name]
    out, _, code = folder_of(twill, problem, tmp_path)
    assert code == 3
    steps = json.loads((out / "certificate.json").read_text())["lower_bound"]
    assert steps[-1]["kind"] == kind
    done = twill("check", out)
    assert done.code == 0, done
    assert done.out.startswith(f"{problem.name} has no schedule")


def test_the_fewest_stages_and_roles_are_part_of_it(twill: Twill, tmp_path: Path) -> None:
    """Two stages and two roles are needed at the smallest II, each shown by a refutation."""
    out, _, code = folder_of(twill, two_stages(), tmp_path)
    assert code == 0
    fewest = json.loads((out / "certificate.json").read_text())["at_ii"]
    assert {each["name"]: each["at_least"] for each in fewest} == {"stages": 2, "roles": 2}
    said = twill("check", out).out
    assert "at least 2 stages, by a refutation" in said
    assert "at least 2 roles, by a refutation" in said


def test_without_memory_for_the_proof_it_is_one_engines_word(
    twill: Twill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said in the report and as JSON; no certificate is written."""
    small = partial(attempt, memory=1 << 20)
    monkeypatch.setattr("twill.solver.proof.prove.attempt", small)
    out, said, code = folder_of(twill, values(), tmp_path)
    assert (code, "(one engine's word)" in said) == (0, True)
    assert sorted(path.name for path in out.iterdir()) == [
        "problem.json",
        "report.html",
        "report.txt",
        "schedule.json",
        "trace.json",
    ]
    assert "(one engine's word)" in (out / "report.txt").read_text()
    assert json.loads((out / "schedule.json").read_text())["proof"] == "one engine's word"
    assert twill("check", out).code == 2
