"""Every shipped expert's kernel compared on every loop and machine that it is paired with.

    python -m benchmarks.experts [--kernel NAME] [--time-limit S] [--write] [--none]

Each kernel is compared by ``twill compare`` in a process of its own. Answers are kept in
results/experts.json; --write makes results/experts.md and the tables of docs/comparing.md.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from twill.files import write_whole
from twill.spec.expert import load_expert, shipped_experts

Row = dict[str, Any]

RESULTS = Path(__file__).parent / "results"
STORED = RESULTS / "experts.json"
PAGE = Path(__file__).parents[1] / "docs" / "comparing.md"
REGION = re.compile(r"(<!-- (\w+): begin -->\n).*?(<!-- \2: end -->)", re.DOTALL)
KEPT = (
    "expert", "theirs", "pairing", "problem_sha256", "word", "sentence", "our_ii", "their_ii",
    "criteria", "costs", "controls", "notes",
)  # fmt: skip
"""What is kept of a comparison: all but pictures and schedules."""


def main() -> None:
    """Compare the kernels asked for, keep the answers, print a line each."""
    given = _arguments()
    for name in () if given.none else given.kernel or shipped_experts():
        if not load_expert(name).pairings:
            continue
        found = answered(name, given.time_limit)
        keep([*(row for row in stored() if row["expert"] != name), *found])
        for row in found:
            sys.stdout.write(f"{name}  {row['pairing']}\n  {row['word']}: {row['sentence']}\n")
            sys.stdout.flush()
    if given.write:
        rows = stored()
        write_whole(RESULTS / "experts.md", details(rows))
        write_whole(PAGE, page(PAGE.read_text(), rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--kernel", action="append", choices=shipped_experts(), help="may be repeated"
    )
    parser.add_argument("--none", action="store_true", help="no kernel at all: only --write")
    parser.add_argument("--time-limit", type=float, default=150, help="seconds per comparison")
    parser.add_argument("--write", action="store_true", help="make the tables of the answers")
    return parser.parse_args()


def command(name: str) -> str:
    """What prints the comparisons of a kernel."""
    return f"twill compare --expert {name}"


def answered(name: str, seconds: float) -> list[Row]:
    """The comparisons of one kernel, from a process of its own."""
    asked = ["--time-limit", str(seconds), "--no-cache", "--quiet", "--json"]
    arguments = [sys.executable, "-m", *command(name).split(), *asked]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in {0, 4}:
        raise SystemExit(f"{command(name)} failed:\n{done.stderr}")
    document = json.loads(done.stdout)
    return [{key: each[key] for key in KEPT} for each in document["comparisons"]]


def stored() -> list[Row]:
    """The answers kept so far."""
    rows: list[Row] = json.loads(STORED.read_text()) if STORED.is_file() else []
    return rows


def keep(rows: Sequence[Row]) -> None:
    """Keep these answers, in the order of the kernels."""
    RESULTS.mkdir(exist_ok=True)
    order = sorted(rows, key=lambda row: shipped_experts().index(row["expert"]))
    write_whole(STORED, json.dumps(order, indent=1) + "\n")


def page(text: str, rows: Sequence[Row]) -> str:
    """``text`` with every marked region made anew. Raises KeyError for an unknown region."""
    tables = {"words": words, "costs": costs, "controls": controls, "missing": missing}
    return REGION.sub(lambda m: f"{m[1]}{tables[m[2]](rows)}\n{m[3]}", text)


def words(rows: Sequence[Row]) -> str:
    """The word of every pairing, with the answers to C1 to C8."""
    titles = ("kernel", "compared on", "ours", "theirs", "word", "C1", "C2", "C3", "C4", "C5", "C8")
    cells = []
    for row in rows:
        answer = {each["id"]: MARKS[each["answer"]] for each in row["criteria"]}
        marks = (answer[name] for name in titles[5:])
        interval = (ii(row["our_ii"]), ii(row["their_ii"]))
        cells.append((f"`{row['expert']}`", row["pairing"], *interval, row["word"], *marks))
    return markdown(titles, cells)


MARKS = {"same": "✓", "different": "✗", "not decided": "?", "not comparable": "–"}


def costs(rows: Sequence[Row]) -> str:
    """The II with more and more of the structure fixed."""
    names = list(dict.fromkeys(each["what"] for row in rows for each in row["costs"]))
    return markdown(("kernel", "compared on", *names), _values(rows, "costs", names))


def controls(rows: Sequence[Row]) -> str:
    """What is lost where something is taken away, a line per pairing."""
    lines = []
    for row in rows:
        told = "; ".join(f"{each['what']}: {ii(each['ii'])}" for each in row["controls"])
        if told:
            lines.append(f"* `{row['expert']}`, {row['pairing'].partition(':')[0]}: {told}")
    return "\n".join(lines)


def missing(_: Sequence[Row]) -> str:
    """Kernels that are compared with nothing."""
    kernels = [load_expert(name) for name in shipped_experts()]
    return "\n".join(f"* `{k.name}`: {' '.join(k.missing)}" for k in kernels if not k.pairings)


def _values(rows: Sequence[Row], key: str, names: Sequence[str]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        known: Mapping[str, Any] = {each["what"]: each["ii"] for each in row[key]}
        values = (ii(known[name]) if name in known else "" for name in names)
        yield (f"`{row['expert']}`", row["pairing"].partition(":")[0], *values)


def ii(found: Mapping[str, Any]) -> str:
    """``3775``, ``2816 to 2901``, ``at least 2816``, ``none``."""
    if found["low"] is None:
        return "none"
    if found["high"] is None:
        return f"at least {found['low']}"
    return (
        str(found["high"])
        if found["low"] == found["high"]
        else f"{found['low']} to {found['high']}"
    )


def details(rows: Sequence[Row]) -> str:
    """Every comparison with the evidence of its criteria."""
    lines = ["# experts", "", "Answers of `python -m benchmarks.experts`.", ""]
    for row in rows:
        lines += [f"## {row['expert']}, {row['pairing'].partition(':')[0]}", ""]
        lines += [f"`{command(row['expert'])}`", "", f"**{row['word']}.** {row['sentence']}", ""]
        for each in row["criteria"]:
            lines += [f"* {MARKS[each['answer']]} {each['id']} {each['title']}"]
            lines += [f"  * {text}" for text in each["evidence"]]
        lines += [f"* {text}" for text in row["notes"] if text.startswith("their place")]
        lines.append("")
    return "\n".join(lines)


def markdown(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table."""
    titles = tuple(titles)
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


if __name__ == "__main__":
    main()
