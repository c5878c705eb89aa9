"""What README shows of results: ``python -m benchmarks.readme`` writes it anew.

The demo's output, its longest sections left out, and the shipped pairs and the scaling series as
``benchmarks/results/solve.json`` has them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.cases import SHIPPED
from twill.files import write_whole

PAGE = Path(__file__).resolve().parent.parent / "README.md"
STORED = Path(__file__).parent / "results" / "solve.json"
DEMO = ("solve", "flash_attention_forward", "--machine", "h100")
"""What ``make demo`` runs."""

SERIES = (6, 13, 24)
"""Sub-tiles of the cases that are named."""

LEFT_OUT = {
    "Bounds": "    (a table of what each unit and recurrence alone would allow follows)\n\n",
    "Buffers and hand-offs": "    (buffers, hand-offs, registers and memory follow)\n\n",
    "Resources": "",
}
"""Sections of the demo and what stands for them."""

SECTION = re.compile(r"^── ([\w\s,-]+?)  .*\n|^── ([\w -]+?) ─+\n", re.MULTILINE)
REGION = re.compile(
    r"(<!-- (demo output|shipped|series): begin -->\n).*?(<!-- \2: end -->)", re.DOTALL
)


def main() -> None:
    """Write README."""
    command = [sys.executable, "-m", "twill", *DEMO, "--no-cache", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    write_whole(PAGE, page(PAGE.read_text("utf-8"), done.stdout))


def page(text: str, output: str) -> str:
    """``text`` with every region made anew, the demo's from its output."""
    demo = f"```text\n{shortened(output)}```\n"
    made = {"demo output": demo, "shipped": shipped(), "series": series()}
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
    rows = measured()
    lines = [
        "| loop / machine | operations | II | how it is proved | levels proved | work |",
        "|---|---|---|---|---|---|",
    ]
    for name in SHIPPED:
        row = rows[name]
        cells = (name, row["ops"], row["ii"], row["proof"], row["levels"])
        lines.append(f"| {' | '.join(map(str, cells))} | {row['work']['total']:.2f} |")
    return "\n".join(lines) + "\n"


def series() -> str:
    """The scaling series of forward attention as it was measured last."""
    rows = [measured()[f"forward-{tiles}-tiles"] for tiles in SERIES]
    counts, ops, seconds = (
        "{}, {} and {}".format(*words)
        for words in (
            SERIES,
            [row["ops"] for row in rows],
            [f"{row['seconds']['total']:.1f}" for row in rows],
        )
    )
    return (
        f"Forward attention on an H100 with {counts} sub-tiles and resources to match ({ops}\n"
        f"operations; the II alone): {seconds} seconds,"
        f" {max(row['peak_mb'] for row in rows):.0f} MB.\n"
    )


def measured() -> dict[str, dict[str, Any]]:
    """The stored rows by case."""
    return {row["case"]: row for row in json.loads(STORED.read_text("utf-8"))}


if __name__ == "__main__":
    main()
