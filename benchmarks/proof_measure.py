"""Solves and proves one case in this process, prints what it took as JSON: child of ``proofs``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.cases import all_cases
from benchmarks.measure import warm_up
from twill.check import Result, check
from twill.files import write_bundle
from twill.formats import problem_to_json
from twill.formats.canonical import canonical_json
from twill.problem import Problem
from twill.schedule import Optimal, Outcome, Proof
from twill.solver import SolveOptions, Stop, solve
from twill.solver.clock import Clock
from twill.solver.proof.certificate import certificate_files
from twill.solver.proof.process import attempt
from twill.solver.proof.prove import completed, prove
from twill.solver.proof.refute import Effort

ROOT = Path(__file__).parents[1]


@dataclass
class Row:
    """One line of the table; seconds are of wall time.

    ``seconds``: ``solve`` without any proof, ``produce`` in the child that refutes what the lower
    bound needs, ``fewest`` for fewer stages and roles at the II, ``check`` as a user runs it.
    ``rounds``, ``axioms`` and ``steps`` are of the lower bound; ``bytes`` are of the certificate
    with its refutations.
    """

    case: str
    group: str
    ops: int
    ii: int | None = None
    proof: Proof = "not proved"
    any_stages: bool = False
    refuted: list[int] = field(default_factory=list)
    at_least: dict[str, int] = field(default_factory=dict)
    rounds: int = 0
    axioms: int = 0
    steps: int = 0
    bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def measure(name: str, time_limit: float, proof_limit: float, workers: int) -> Row:
    """Solve, prove, write down and check one case."""
    case = all_cases()[name]
    problem = case.make()
    row = Row(case.name, case.group, len(problem.ops))
    warm_up()
    options = SolveOptions(time_limit, 0, workers, case.levels, proof_limit=0)
    began = time.monotonic()
    outcome: Outcome = solve(problem, options)
    row.seconds["solve"] = time.monotonic() - began
    if not isinstance(outcome, Optimal):
        return row
    row.ii, row.proof = outcome.schedule.ii, outcome.schedule.proof
    outcome = _proved(problem, outcome, row, proof_limit)
    _checked(problem, outcome, row)
    return row


def _proved(problem: Problem, outcome: Optimal, row: Row, limit: float) -> Outcome:
    """The outcome as ``solve -o`` would write it down, and what that took."""
    proved: Outcome = outcome
    if outcome.schedule.proof == "one engine's word":
        clock = Clock(SolveOptions(limit, proof_limit=limit), Stop(), None)
        proved = prove(problem, outcome, clock)
        _produced(problem, proved, row, limit)
    began = time.monotonic()
    proved = completed(problem, proved, limit, Stop())
    row.seconds["fewest"] = time.monotonic() - began
    return proved


def _produced(problem: Problem, outcome: Outcome, row: Row, limit: float) -> None:
    """The same refutations once more, for their rounds and the seconds of their child alone."""
    if isinstance(outcome, Optimal):
        row.proof = outcome.schedule.proof
        row.refuted = [each.ii for each in outcome.refutations]
        began = time.monotonic()
        reports = attempt(problem, row.refuted, Effort(seconds=limit))
        row.seconds["produce"] = time.monotonic() - began
        row.rounds = sum(report.rounds for report in reports)


def _checked(problem: Problem, outcome: Outcome, row: Row) -> None:
    files = certificate_files(problem, outcome)
    if not files:
        return
    row.bytes = sum(len(content) for content in files.values())
    with tempfile.TemporaryDirectory() as name:
        problem_json = canonical_json(problem_to_json(problem))
        write_bundle(Path(name), {**files, "problem.json": problem_json})
        began = time.monotonic()
        _run(["-S", "-m", "twill.check", name])
        row.seconds["check"] = time.monotonic() - began
        _noted(check(Path(name)), row)


def _run(arguments: Sequence[str]) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)  # noqa: S603


def _noted(result: Result, row: Row) -> None:
    lower = [each.refutation for each in result.excluded if each.refutation is not None]
    row.axioms = sum(sum(each.axioms.values()) for each in lower)
    row.steps = sum(each.steps for each in lower)
    row.any_stages = result.any_stages
    row.at_least = {at["name"]: at["at_least"] for at in result.certificate["at_ii"]}


def main() -> None:
    """``python -m benchmarks.proof_measure NAME SECONDS SECONDS WORKERS``."""
    name, time_limit, proof_limit, workers = sys.argv[1:]
    row = measure(name, float(time_limit), float(proof_limit), int(workers))
    sys.stdout.write(json.dumps(asdict(row)) + "\n")


if __name__ == "__main__":
    main()
