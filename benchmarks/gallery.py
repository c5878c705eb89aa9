"""The reports of the shipped pairs: ``python -m benchmarks.gallery --write``.

Solves every shipped loop on every machine that it is shipped for, and writes ``reports/gallery``.
The same sources give the same files, byte by byte: no times, no dates.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.cases import SHIPPED
from benchmarks.gallery_index import index_html, readme
from twill.cli.choices import Choices
from twill.cli.compare import Shown
from twill.cli.content import cases_for, content_of
from twill.cli.experts import compared
from twill.cli.inputs import load_model
from twill.cli.questions import question_of
from twill.comparison import Comparison
from twill.explanation import Explanation
from twill.reports.content import Content
from twill.reports.html import html_report
from twill.reports.svg import period_svg
from twill.schedule import Outcome
from twill.solver import SolveOptions, solve
from twill.solver.explain import explain

FOLDER = Path(__file__).resolve().parent.parent / "reports" / "gallery"

PAIRS = [(loop, machine) for loop, machine in (name.split("/") for name in SHIPPED)]

SMALL = [pair for pair in PAIRS if "attention" not in pair[0]]
"""Pairs of which every question is answered in seconds, so that the answers are always the same.

Only their pages have what ``twill explain`` says, and the controls of comparisons.
"""


def main() -> None:
    """Write the gallery, or say which of its files are not current."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="write the files; else compare them")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they are")
    given = parser.parse_args()
    made = gallery(PAIRS)
    if given.write:
        given.folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (given.folder / name).write_text(text, "utf-8")
        return
    stale = [name for name, text in made.items() if not _same(given.folder / name, text)]
    if stale:
        raise SystemExit(f"not current: {', '.join(stale)}; run: make gallery")


def gallery(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Every file of the gallery by its name."""
    contents = {name_of(*pair): content(*pair) for pair in pairs}
    files: dict[str, str] = {}
    for name, each in contents.items():
        files |= files_of(name, each)
    return files | _pages(contents)


def files_of(name: str, found: Content) -> dict[str, str]:
    """The files of one pair: its report, and its period as a picture of its own."""
    files = {f"{name}.html": html_report(found)}
    if found.view is not None:
        files[f"{name}.svg"] = period_svg(found.view, standalone=True) + "\n"
    return files


def content(loop: str, machine: str, outcome: Outcome | None = None) -> Content:
    """What the report of a pair says; solved here where no outcome is given."""
    choices = Choices(machine)
    model = load_model(loop, choices)
    found = outcome if outcome is not None else solve(model.problem, SolveOptions())
    small = (loop, machine) in SMALL
    explanation: Explanation | None = None
    if small:
        question = question_of(model, loop, choices, None)
        explanation = explain(model.problem, question, SolveOptions())
    comparisons = _compared(loop, choices, small)
    return content_of(model, found, explanation=explanation, comparisons=comparisons)


def _compared(loop: str, choices: Choices, controls: bool) -> list[Comparison]:
    """With the kernels that are paired with this very problem, cut and machine as shipped.

    ``controls``: with theirs, which are questions of their own.
    """
    shown = Shown(SolveOptions().time_limit, no_cache=True, quiet=True, no_color=True)
    digest = load_model(loop, choices).digest
    cases = [
        case
        for case in cases_for(loop, choices)
        if load_model(case.spec, case.choices).digest == digest
    ]
    found = [compared(case, shown)[0] for case in cases]
    return found if controls else [replace(each, controls=()) for each in found]


def name_of(loop: str, machine: str) -> str:
    """The name of a pair's files, without their endings."""
    return f"{loop}-{machine}"


def _pages(contents: Mapping[str, Content]) -> dict[str, str]:
    return {"index.html": index_html(contents), "README.md": readme(contents)}


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


if __name__ == "__main__":
    main()
