"""What proofs cost: every case in a process of its own, one line each.

    python -m benchmarks.proofs [--case NAME] [--json] [--save LABEL]

The seconds of one line are of one run, so their ratio says more than they do. Rounds, axioms,
steps and bytes depend on nothing else that the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.cases import all_cases
from benchmarks.solve import RESULTS

GROUPS = ("shipped", "tight", "imported")
TITLES = (
    "case", "ops", "II", "proof", "any stages", "solve s", "produce s", "produce/solve", "rounds",
    "check s", "axioms", "steps", "at II at least", "fewest s", "bytes",
)  # fmt: skip
WIDTHS = (31, 4, 5, 30, 10, 7, 9, 13, 6, 7, 6, 6, 18, 8, 7)


def main() -> None:
    """Measure the cases asked for and print the table."""
    given = _arguments()
    rows = []
    if not given.json:
        _print(_line(TITLES))
    for row in measured(given):
        rows.append(row)
        if not given.json:
            _print(_line(_cells(row)))
    if given.json:
        _print(json.dumps(rows, indent=1))
    if given.save:
        _save(given.save, rows)


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
        numbers = map(str, (given.time_limit, given.proof_limit, given.workers))
        command = [sys.executable, "-m", "benchmarks.proof_measure", case.name, *numbers]
        child = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if child.returncode:
            said = (child.stderr.strip().splitlines() or ["no message"])[-1]
            yield {"case": case.name, "group": case.group, "failed": said}
        else:
            yield json.loads(child.stdout)


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


def _line(cells: tuple[str, ...]) -> str:
    padded = [
        cell.ljust(width) if i in {0, 3} else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, WIDTHS, strict=False))
    ]
    return "  ".join(padded).rstrip()


def _save(label: str, rows: list[dict[str, Any]]) -> None:
    """The table for people and the numbers for programs."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    where = f"{platform.machine()}, Python {platform.python_version()}, {cores} cores, load"
    lines = [f"# {label}", "", f"`python -m benchmarks.proofs` on {where} {load:.1f}.", ""]
    lines += ["| " + " | ".join(TITLES) + " |", "|" + "---|" * len(TITLES)]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    lines += ["", *MEANING]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{label}.md").write_text("\n".join(lines) + "\n")
    (RESULTS / f"{label}.json").write_text(json.dumps(rows, indent=1) + "\n")


MEANING = (
    "*any stages*: the claim holds whatever the number of stages. *produce*: the child process",
    "that refutes what the lower bound leaves, from its start to the file; *fewest*: the same for",
    "fewer stages and fewer roles at the II, as far as that takes few rounds. *check*:",
    "`python -S -m twill.check` as a user runs it, Python's start included. *axioms*, *steps*: of",
    "the lower bound. *bytes*: the certificate with its refutation files.",
)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
