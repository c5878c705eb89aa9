"""A table that is printed line by line as cases are measured, and kept for people and programs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Titles with their widths; ``left`` are the columns of text; ``cells`` of a measured row.

    ``after`` gives the lines under the kept table.
    """

    command: str
    titles: Sequence[str]
    widths: Sequence[int]
    left: frozenset[int]
    cells: Callable[[Row], tuple[str, ...]]
    after: Callable[[Sequence[Row]], Sequence[str]]

    def show(self, rows: Iterable[Row], as_json: bool, label: str | None) -> None:
        """Print each row when it comes, or all as one JSON list; keep them under a label."""
        shown = []
        if not as_json:
            _print(self._line(self.titles))
        for row in rows:
            shown.append(row)
            if not as_json:
                _print(self._line(self.cells(row)))
        if as_json:
            _print(json.dumps(shown, indent=1))
        if label:
            self._keep(label, shown)

    def _line(self, cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if i in self.left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, self.widths, strict=False))
        ]
        return "  ".join(padded).rstrip()

    def _keep(self, label: str, rows: Sequence[Row]) -> None:
        """The table for people and the numbers for programs."""
        machine = f"{platform.machine()}, Python {platform.python_version()}"
        cores, load = os.cpu_count() or 1, os.getloadavg()[0]
        where = f"{machine}, {cores} cores, load {load:.1f} (above {cores}, seconds mean little)"
        lines = [f"# {label}", "", f"`python -m {self.command}` on {where}.", ""]
        lines += ["| " + " | ".join(self.titles) + " |", "|" + "---|" * len(self.titles)]
        lines += ["| " + " | ".join(self.cells(row)) + " |" for row in rows]
        lines += self.after(rows)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{label}.md").write_text("\n".join(lines) + "\n")
        (RESULTS / f"{label}.json").write_text(json.dumps(rows, indent=1) + "\n")


def measured_by(module: str, arguments: Iterable[object], case: Row) -> Row:
    """The row that a child process prints; one that dies gives a row that says so."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if child.returncode:
        said = (child.stderr.strip().splitlines() or ["no message"])[-1]
        return {**case, "failed": said}
    found: Row = json.loads(child.stdout)
    return found


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
