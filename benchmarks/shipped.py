"""Solve every shipped loop on every shipped machine and print what was found, and how long it took.

    python benchmarks/shipped.py [--levels] [--workers N] [--time-limit S] [SPEC/MACHINE ...]

Without --levels only the II is minimised. ``work`` is in CP-SAT's deterministic units: unlike
seconds it does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import sys
import time

from twill.elaborate import elaborate
from twill.schedule import Feasible, Optimal
from twill.solver import SolveOptions, solve
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine

PAIRS = (
    "figure1/figure1",
    "gemm/a100",
    "gemm/h100",
    "gemm/b200",
    "flash_attention_forward/h100",
    "flash_attention_forward/b200",
    "flash_attention_backward/h100",
    "flash_attention_backward/b200",
)
ROW = "{:<32} {:>4} {:>6} {:>6} {:<22} {:>7} {:>9} {:>8}"


def main() -> None:
    """Print one row per pair."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("pairs", nargs="*", default=PAIRS)
    parser.add_argument("--levels", action="store_true", help="all levels of the objective")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--time-limit", type=float, default=600)
    given = parser.parse_args()
    titles = ("spec/machine", "ops", "II", "bound", "proof", "proved", "work", "seconds")
    sys.stdout.write(ROW.format(*titles) + "\n")
    for pair in given.pairs:
        levels = None if given.levels else ()
        options = SolveOptions(given.time_limit, workers=given.workers, levels=levels)
        sys.stdout.write(row(pair, options) + "\n")
        sys.stdout.flush()


def row(pair: str, options: SolveOptions) -> str:
    """Solve one pair and say how it went; ``proved`` counts levels, the II included."""
    spec, machine = pair.split("/")
    problem = elaborate(load_loop(spec), load_machine(machine)).problem
    started = time.monotonic()
    outcome = solve(problem, options)
    seconds = f"{time.monotonic() - started:.1f}"
    if not isinstance(outcome, Optimal | Feasible):
        return f"{pair:<32} {len(problem.ops):>4} {outcome.reason.summary}"
    found = outcome.schedule
    proved = f"{sum(level.proved for level in found.objective)}/{len(found.objective)}"
    work = f"{found.solver.work:.2f}" if found.solver is not None else ""
    return ROW.format(
        pair,
        len(problem.ops),
        found.ii,
        found.ii_lower_bound,
        found.proof,
        proved,
        work,
        seconds,
    )


if __name__ == "__main__":
    main()
