"""What README shows of results: ``python -m benchmarks.readme`` writes it anew.

The demo's output, two of its sections left out, and the table of the shipped pairs as
``benchmarks/results/solve.json`` has them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.cases import SHIPPED
from twill.files import write_whole

PAGE = Path(__file__).resolve().parent.parent / "README.md"
STORED = Path(__file__).parent / "results" / "solve.json"
DEMO = ("solve", "flash_attention_forward", "--machine", "h100")
"""What ``make demo`` runs."""

LEFT_OUT = {
    "Bounds": "    (a table of what each unit and recurrence alone would allow follows)\n\n",
    "Buffers and hand-offs": "    (buffers, hand-offs, registers and memory follow)\n\n",
    "Resources": "",
}
"""Sections of the demo and what stands for them."""

SECTION = re.compile(r"^── ([\w\s,-]+?)  .*\n|^── ([\w -]+?) ─+\n", re.MULTILINE)
REGION = re.compile(r"(<!-- (demo output|shipped): begin -->\n).*?(<!-- \2: end -->)", re.DOTALL)


def main() -> None:
    """Write README."""
    command = [sys.executable, "-m", "twill", *DEMO, "--no-cache", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    write_whole(PAGE, page(PAGE.read_text("utf-8"), done.stdout))


def page(text: str, output: str) -> str:
    """``text`` with both regions made anew, the demo's from its output."""
    made = {"demo output": f"```text\n{shortened(output)}```\n", "shipped": shipped()}
    return REGION.sub(lambda m: m[1] + made[m[2]] + m[3], text)


def shortened(output: str) -> str:
    """The demo without its longest sections."""
    starts = [found.start() for found in SECTION.finditer(output)]
    parts = [output[: starts[0]]]
    for start, end in zip(starts, [*starts[1:], len(output)], strict=True):
        section = output[start:end]
        title = SECTION.match(section)
        name = title and (title[1] or title[2])
        parts.append(LEFT_OUT.get(name or "", section))
    return "".join(parts)


def shipped() -> str:
    """The shipped pairs as they were measured last."""
    rows = {row["case"]: row for row in json.loads(STORED.read_text("utf-8"))}
    lines = [
        "| loop / machine | operations | II | how it is proved | levels proved | work |",
        "|---|---|---|---|---|---|",
    ]
    for name in SHIPPED:
        row = rows[name]
        cells = (name, row["ops"], row["ii"], row["proof"], row["levels"])
        lines.append(f"| {' | '.join(map(str, cells))} | {row['work']['total']:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
