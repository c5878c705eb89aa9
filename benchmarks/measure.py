"""Solves one case in this process and prints what it took, as JSON: the child of ``solve``."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict, dataclass, field

from benchmarks.cases import all_cases
from twill.problem import Problem
from twill.schedule import Feasible, Optimal, Outcome
from twill.solver import Progress, SolveOptions, bounds, solve
from twill.solver.proof.prove import PHASE as PROOF_PHASE

II_PHASE = "smallest II"


@dataclass
class Row:
    """One line of the table; seconds are of wall time, ``cpu`` of this process and its children.

    ``proof``: looking for a refutation that can be checked, and checking it.
    """

    case: str
    group: str
    ops: int
    seed: int
    status: str = "unknown"
    ii: int | None = None
    bound: int | None = None
    proof: str = ""
    levels: str = ""
    unproved: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    work: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    peak_mb: float = 0.0


def measure(name: str, options: SolveOptions) -> Row:
    """Solve the case; ``options.levels`` is replaced by the case's."""
    case = all_cases()[name]
    problem = case.make()
    options = SolveOptions(options.time_limit, options.seed, options.workers, case.levels)
    row = Row(case.name, case.group, len(problem.ops), options.seed)
    warm_up()
    started, cpu = time.monotonic(), time.process_time()
    bounds(problem)
    row.seconds["bounds"] = time.monotonic() - started
    watch = Watch()
    outcome = solve(problem, options, watch)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    row.cpu = time.process_time() - cpu + children.ru_utime + children.ru_stime
    total = time.monotonic() - started
    proof = total - watch.proof_began if watch.proof_began is not None else 0.0
    over = watch.ii_over or watch.proof_began or total
    row.seconds["ii"] = max(0.0, over - row.seconds["bounds"])
    row.seconds["proof"] = proof
    row.seconds["levels"] = max(0.0, total - proof - row.seconds["bounds"] - row.seconds["ii"])
    row.seconds["total"] = total
    row.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _result(row, outcome, watch, problem)
    return row


def warm_up() -> None:
    """Load the engine first: importing it takes longer than many of the cases."""
    import networkx as nx  # noqa: F401
    from ortools.sat.python import cp_model

    cp_model.CpSolver().solve(cp_model.CpModel())


class Watch:
    """Notes when the search for the II ends, and when the one for a refutation begins."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.ii_over: float | None = None
        self.proof_began: float | None = None
        self.ii_work = 0.0

    def __call__(self, progress: Progress) -> None:
        """Called by the solver."""
        now = time.monotonic() - self.began
        if self.proof_began is None and progress.phase == PROOF_PHASE:
            self.proof_began = now
        if self.ii_over is None and progress.phase != II_PHASE:
            self.ii_over = now
            self.ii_work = progress.work


def _result(row: Row, outcome: Outcome, watch: Watch, problem: Problem) -> None:
    if not isinstance(outcome, Optimal | Feasible):
        row.status = type(outcome).__name__.lower()
        row.bound = bounds(problem).ii
        return
    found = outcome.schedule
    row.status, row.ii, row.bound, row.proof = (
        found.status,
        found.ii,
        found.ii_lower_bound,
        found.proof,
    )
    row.levels = f"{sum(level.proved for level in found.objective)}/{len(found.objective)}"
    row.unproved = [
        f"{level.name} {level.value}, bound {level.lower_bound}"
        for level in found.objective
        if not level.proved
    ]
    if found.solver is not None:
        ii_work = watch.ii_work if watch.ii_over is not None else found.solver.work
        row.work = {"ii": ii_work, "total": found.solver.work}


def main() -> None:
    """``python -m benchmarks.measure NAME SECONDS SEED WORKERS``."""
    name, limit, seed, workers = sys.argv[1:]
    row = measure(name, SolveOptions(float(limit), int(seed), int(workers)))
    sys.stdout.write(json.dumps(asdict(row)) + "\n")


if __name__ == "__main__":
    main()
