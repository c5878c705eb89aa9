"""Answers one case of ``structures`` in this process and prints it as JSON: its child."""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.partitions import expert_labels, in_words, same_partition
from benchmarks.structure_cases import Case, all_cases
from twill.elaborate import Elaboration
from twill.explanation import schedule_of
from twill.formats import problem_digest
from twill.problem import Problem
from twill.reports.numbers import numbers
from twill.schedule import Infeasible, Schedule
from twill.solver import SolveOptions, Stop, bounds, solve
from twill.solver.clock import Clock
from twill.solver.explain import Oracle, minimal_core

Row = dict[str, Any]
MOST_BOUNDS = 4


def measure(case: Case, seconds: float, ii: int | None = None) -> Row:
    """The answer to a case; ``ii`` is what a case that asks why is about."""
    elaboration, problem = case.problem()
    row: Row = {
        "case": case.name,
        "command": case.command,
        "problem_sha256": problem_digest(problem),
        "time_limit": seconds,
        "ops": len(problem.ops),
        **_bounds(problem),
    }
    if case.why:
        assert ii is not None
        return row | _why(problem, ii, seconds)
    options = SolveOptions(seconds, levels=None if case.levels else ())
    outcome = solve(problem, options)
    row["status"] = type(outcome).__name__.lower()
    if not isinstance(outcome, Infeasible) and schedule_of(outcome) is None:
        row["ii_lower_bound"] = getattr(outcome, "ii_lower_bound", None)
    if isinstance(outcome, Infeasible):
        row |= {"proof": outcome.proof, "reason": outcome.reason.summary}
    schedule = schedule_of(outcome)
    return row if schedule is None else row | _schedule(case, elaboration, problem, schedule)


def _bounds(problem: Problem) -> Row:
    """What arithmetic says: the II that it proves and the terms that come closest."""
    found = bounds(problem)
    terms = [
        {"kind": t.kind, "name": t.name, "ii": t.ii, "ops": list(t.ops)}
        for t in found.terms[:MOST_BOUNDS]
    ]
    return {"bound": found.ii, "bounds": terms}


def _schedule(case: Case, made: Elaboration, problem: Problem, found: Schedule) -> Row:
    role = {name: placed.role or "" for name, placed in found.ops.items()}
    labels = expert_labels(problem, case.granularity.machine)
    return {
        "ii": found.ii,
        "ii_lower_bound": found.ii_lower_bound,
        "proof": found.proof,
        "levels": [
            {
                "name": level.name,
                "value": level.value,
                "lower_bound": level.lower_bound,
                "proved": level.proved,
                "unit": level.unit,
            }
            for level in found.objective
        ],
        "roles": list(in_words(problem, role)),
        "budgets": [[r.name, r.warps, r.registers] for r in found.roles],
        "is_expert": same_partition(role, labels),
        "tflops": _tflops(made, found.ii),
        "work": found.solver.work if found.solver else None,
    }


def _tflops(made: Elaboration, ii: int) -> float | None:
    """The whole GPU's rate in the model's steady state."""
    machine = made.machine
    if machine.sm_count is None or machine.clock_ghz is None:
        return None
    per_second = float(machine.clock_ghz.value) * machine.sm_count.whole
    return round(made.work["flop"] / ii * per_second / 1000, 1)


def _why(problem: Problem, ii: int, seconds: float) -> Row:
    oracle = Oracle(Clock(SolveOptions(seconds), Stop(), None))
    core = minimal_core(problem, ii, oracle)
    return {
        "status": core.answer,
        "asked": ii,
        "groups": [
            {
                "title": group.title,
                "numbers": "" if group in core.doubtful else numbers(problem, group, ii),
                "doubtful": group in core.doubtful,
            }
            for group in core.groups
        ],
    }


def main() -> None:
    """``python -m benchmarks.structure_measure CASE SECONDS [II]``."""
    name, seconds, *ii = sys.argv[1:]
    row = measure(all_cases()[name], float(seconds), int(ii[0]) if ii else None)
    sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
