"""Are the experts' role structures optimal? The smallest II by granularity and by roles.

    python -m benchmarks.structures [--case NAME] [--missing] [--time-limit S] [--write]
    python -m benchmarks.structures --problem NAME > problem.json

Every case is answered in a process of its own. Answers are kept in results/structures.json;
--write makes results/structures.md and the tables of docs/role_structures.md of them.
What a case asks: ``benchmarks/structure_cases.py``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.structure_cases import Case, all_cases
from benchmarks.structure_page import page, stale, summary, table
from twill.files import write_whole

Row = dict[str, Any]

RESULTS = Path(__file__).parent / "results"
STORED = RESULTS / "structures.json"
PAGE = Path(__file__).parents[1] / "docs" / "role_structures.md"


def main() -> None:
    """Answer the cases asked for, keep the answers, print them."""
    given = _arguments()
    cases = all_cases()
    if given.problem:
        _print_problem(cases[given.problem])
        return
    rows = stored()
    for case in _wanted(given, cases, rows):
        row = answered(case, stored(), given.time_limit)
        _keep({**stored(), case.name: row})
        sys.stdout.write(summary(row) + "\n")
        sys.stdout.flush()
    if given.write:
        rows = stored()
        write_whole(RESULTS / "structures.md", table(rows))
        write_whole(PAGE, page(PAGE.read_text(), rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--case", action="append", help="this case; may be repeated")
    parser.add_argument(
        "--missing", action="store_true", help="only cases without an answer of today"
    )
    parser.add_argument("--none", action="store_true", help="no case at all: only --write")
    parser.add_argument("--time-limit", type=float, default=150, help="seconds per case")
    parser.add_argument("--write", action="store_true", help="make the tables of the answers")
    parser.add_argument("--problem", metavar="NAME", help="print the problem of a case instead")
    given = parser.parse_args()
    unknown = {*(given.case or ()), *([given.problem] if given.problem else [])} - set(all_cases())
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}; there are {', '.join(all_cases())}")
    return given


def _wanted(
    given: argparse.Namespace, cases: dict[str, Case], rows: dict[str, Row]
) -> Iterator[Case]:
    old = set(stale(rows)) if given.missing else set()
    for name, case in cases.items():
        asked = not given.none and (not given.case or name in given.case)
        if asked and not (given.missing and name in rows and name not in old):
            yield case


def stored() -> dict[str, Row]:
    """The answers kept so far, by case."""
    if not STORED.is_file():
        return {}
    return {row["case"]: row for row in json.loads(STORED.read_text())}


def _keep(rows: dict[str, Row]) -> None:
    """All answers, in the order of the cases; those of cases that are no more are dropped."""
    RESULTS.mkdir(exist_ok=True)
    kept = [rows[name] for name in all_cases() if name in rows]
    write_whole(STORED, json.dumps(kept, indent=1) + "\n")


def answered(case: Case, rows: dict[str, Row], seconds: float) -> Row:
    """The answer of a child process; one that dies or lacks an II gives a row that says so."""
    command = [sys.executable, "-m", "benchmarks.structure_measure", case.name, str(seconds)]
    if case.why:
        ii = _asked(case, rows)
        if ii is None:
            need = f"needs {case.granularity.name}/free first, proved"
            return {"case": case.name, "command": case.command, "failed": need}
        command.append(str(ii))
    child = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if child.returncode:
        said = (child.stderr.strip().splitlines() or ["no message"])[-1]
        return {"case": case.name, "command": case.command, "failed": said}
    row: Row = json.loads(child.stdout)
    return row


def _asked(case: Case, rows: dict[str, Row]) -> int | None:
    """The II that a case asks about: see ``structure_cases``."""
    free = rows.get(f"{case.granularity.name}/free", {})
    if free.get("status") != "optimal":
        return None
    return int(free["ii"]) - (case.partition == "free")


def _print_problem(case: Case) -> None:
    from twill.formats import problem_to_json

    _, problem = case.problem()
    sys.stdout.write(json.dumps(problem_to_json(problem), indent=2) + "\n")


if __name__ == "__main__":
    main()
