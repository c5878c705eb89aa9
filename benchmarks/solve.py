"""How fast the solver is: every case in a process of its own, one line each.

    python -m benchmarks.solve [--case NAME] [--repeat N] [--json] [--save LABEL]

``work`` is in CP-SAT's deterministic units: unlike seconds it does not depend on what else the
machine does. With --repeat each case runs with seeds 0, 1, ...: run times of a SAT solver vary.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.cases import all_cases
from benchmarks.table import Table, measured_by

TITLES = (
    "case", "ops", "seed", "II", "bound", "proof", "levels",
    "bounds s", "II s", "levels s", "proof s", "total s", "cpu s", "work", "MB",
)  # fmt: skip
WIDTHS = (31, 4, 4, 6, 6, 30, 6, 8, 7, 8, 7, 7, 7, 7, 5)


def main() -> None:
    """Measure the cases asked for and print the table."""
    given = _arguments()
    TABLE.show(measured(given), given.json, given.save)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--case", action="append", help="a case or group; may be repeated")
    parser.add_argument("--repeat", type=int, default=1, help="seeds 0 .. N-1 (default 1)")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of the table")
    parser.add_argument("--save", metavar="LABEL", help="also write benchmarks/results/LABEL.*")
    parser.add_argument("--workers", type=int, default=2, help="threads of the solver (default 2)")
    parser.add_argument("--time-limit", type=float, default=300, help="seconds per case")
    given = parser.parse_args()
    known = all_cases()
    names = {case.name for case in known.values()} | {case.group for case in known.values()}
    unknown = set(given.case or ()) - names
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}")
    return given


def measured(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row per case and seed; a child that dies gives a row that says so."""
    for case in all_cases().values():
        if given.case and case.name not in given.case and case.group not in given.case:
            continue
        for seed in range(given.repeat):
            numbers = (case.name, given.time_limit, seed, given.workers)
            about = {"case": case.name, "group": case.group, "seed": seed}
            yield measured_by("benchmarks.measure", numbers, about)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    if "failed" in row:
        return (row["case"], "", str(row["seed"]), row["failed"])
    phases = ("bounds", "ii", "levels", "proof", "total")
    seconds = [f"{row['seconds'][phase]:.1f}" for phase in phases]
    return (
        row["case"],
        str(row["ops"]),
        str(row["seed"]),
        str(row["ii"] or "-"),
        str(row["bound"] or "-"),
        row["proof"] or row["status"],
        row["levels"],
        *seconds,
        f"{row['cpu']:.1f}",
        f"{row['work'].get('total', 0):.2f}",
        f"{row['peak_mb']:.0f}",
    )


def _unproved(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What was left open, under the table."""
    lines = [f"* {r['case']}: {'; '.join(r['unproved'])}" for r in rows if r.get("unproved")]
    return ["", "Not proved:", "", *lines] if lines else []


TABLE = Table("benchmarks.solve", TITLES, WIDTHS, frozenset({0, 5}), _cells, _unproved)


if __name__ == "__main__":
    main()
