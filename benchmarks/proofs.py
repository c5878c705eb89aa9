"""What proofs cost: every case in a process of its own, one line each.

    python -m benchmarks.proofs [--case NAME] [--json] [--save LABEL]

The seconds of one line are of one run, so their ratio says more than they do. Rounds, axioms,
steps and bytes depend on nothing else that the machine does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from benchmarks.cases import all_cases
from benchmarks.table import Table, measured_by

GROUPS = ("shipped", "tight", "imported")
TITLES = (
    "case", "ops", "II", "proof", "any stages", "solve s", "produce s", "produce/solve", "rounds",
    "check s", "axioms", "steps", "at II at least", "fewest s", "bytes",
)  # fmt: skip
WIDTHS = (31, 4, 5, 30, 10, 7, 9, 13, 6, 7, 6, 6, 18, 8, 7)


def main() -> None:
    """Measure the cases asked for and print the table."""
    given = _arguments()
    TABLE.show(measured(given), given.json, given.save)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--case", action="append", help="a case or group; may be repeated")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of the table")
    parser.add_argument("--save", metavar="LABEL", help="also write benchmarks/results/LABEL.*")
    parser.add_argument("--workers", type=int, default=2, help="threads of the solver (default 2)")
    parser.add_argument("--time-limit", type=float, default=300, help="seconds of solving per case")
    parser.add_argument("--proof-limit", type=float, default=60, help="seconds per refutation")
    given = parser.parse_args()
    known = all_cases().values()
    unknown = set(given.case or ()) - {name for case in known for name in (case.name, case.group)}
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}")
    return given


def measured(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row per case; a child that dies gives a row that says so."""
    wanted = set(given.case or GROUPS)
    for case in all_cases().values():
        if not wanted & {case.name, case.group}:
            continue
        numbers = (case.name, given.time_limit, given.proof_limit, given.workers)
        about = {"case": case.name, "group": case.group}
        yield measured_by("benchmarks.proof_measure", numbers, about)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    if "failed" in row:
        return (row["case"], "", "", row["failed"])
    seconds = row["seconds"]
    produce, solve = seconds.get("produce"), seconds["solve"]
    certified = bool(row["bytes"])
    return (
        row["case"],
        str(row["ops"]),
        str(row["ii"] or "-"),
        row["proof"],
        ("yes" if row["any_stages"] else "no") if certified else "-",
        _number(solve, 2),
        _number(produce, 2),
        _number(produce and produce / solve, 2),
        str(row["rounds"] or "-"),
        _number(seconds.get("check"), 2),
        str(row["axioms"]) if certified else "-",
        str(row["steps"]) if certified else "-",
        ", ".join(f"{least} {name}" for name, least in row["at_least"].items()) or "-",
        _number(seconds.get("fewest"), 2),
        str(row["bytes"]) if certified else "-",
    )


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


MEANING = (
    "*any stages*: the claim holds whatever the number of stages. *produce*: the child process",
    "that refutes what the lower bound leaves, from its start to the file; *fewest*: the same for",
    "fewer stages and fewer roles at the II, as far as that takes few rounds. *check*:",
    "`python -S -m twill.check` as a user runs it, Python's start included. *axioms*, *steps*: of",
    "the lower bound. *bytes*: the certificate with its refutation files.",
)


TABLE = Table(
    "benchmarks.proofs", TITLES, WIDTHS, frozenset({0, 3}), _cells, lambda _: ["", *MEANING]
)


if __name__ == "__main__":
    main()
