"""``twill compare``: a schedule beside experts' kernels, or beside another schedule."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, problem_options
from twill.cli.exits import EPILOG, Exit
from twill.cli.options import Seconds, color_option, json_option
from twill.solver.options import SolveOptions

if TYPE_CHECKING:
    from twill.cli.experts import Case
    from twill.comparison import Comparison
    from twill.expert import Expert


@dataclass(frozen=True, slots=True)
class Shown:
    """How to search and what to show meanwhile."""

    time_limit: float
    no_cache: bool
    quiet: bool
    no_color: bool


@click.command("compare", short_help="Compare a schedule with experts' kernels.", epilog=EPILOG)
@click.argument("sources", nargs=-1, metavar="[SPEC | SCHEDULE SCHEDULE]")
@problem_options
@click.option(
    "--expert",
    "experts",
    multiple=True,
    metavar="NAME|PATH",
    help="An expert's kernel: a shipped name ('twill list') or the path of a YAML file."
    " May be repeated.",
)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Every shipped kernel; with a SPEC those it is paired with.",
)
@click.option(
    "--problem",
    "problem_file",
    metavar="FILE",
    help="The problem.json of two schedules, where none lies beside them.",
)
@click.option(
    "--time-limit",
    type=Seconds(),
    default=SolveOptions().time_limit,
    show_default=True,
    help="Wall time for each comparison; what is known by then is reported.",
)
@click.option("--no-cache", is_flag=True, help="Search even where answers are known.")
@json_option
@color_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr.")
def compare_command(
    sources: tuple[str, ...],
    choices: Choices,
    experts: tuple[str, ...],
    every: bool,
    problem_file: str | None,
    time_limit: float,
    no_cache: bool,
    as_json: bool,
    no_color: bool,
    quiet: bool,
) -> int:
    """Compare the best schedule with what experts wrote by hand, or two schedules of one problem.

    The expert's structure (roles, iteration offsets, orders) is fixed as constraints and solved
    under the same cost model. Nothing is said about measured speed.

    \b
    twill compare flash_attention_forward --machine h100 --expert fa3_forward_hdim128
    twill compare gemm -m h100 --all
    twill compare --all
    twill compare a/schedule.json b/schedule.json
    """  # fmt: skip
    shown = Shown(time_limit, no_cache, quiet, no_color)
    if len(sources) == 2:
        _refuse_with_schedules(choices, experts, every)
        from twill.cli.two_schedules import compare_files

        return _finish([compare_files(*sources, problem_file)], [], as_json, no_color, False)
    if problem_file is not None or len(sources) > 2:
        raise click.UsageError("name one SPEC, or two schedules")
    cases, missing = _cases(sources[0] if sources else None, choices, experts, every)
    found, interrupted = _compared(cases, shown)
    return _finish(found, missing, as_json, no_color, interrupted)


def _refuse_with_schedules(choices: Choices, experts: Sequence[str], every: bool) -> None:
    if experts or every or choices != Choices():
        raise click.UsageError("with two schedules only --problem, --json and --no-color go")


def _cases(
    spec: str | None, choices: Choices, experts: Sequence[str], every: bool
) -> tuple[list[Case], list[Expert]]:
    from twill.cli.experts import cases_of_all, cases_of_names

    if every == bool(experts):
        raise click.UsageError("name kernels with --expert, or take them --all")
    if every:
        return cases_of_all(spec, choices)
    return cases_of_names(spec, choices, experts), []


def _compared(cases: Sequence[Case], shown: Shown) -> tuple[list[Comparison], bool]:
    """One comparison after the other, until the user has had enough."""
    from twill.cli.experts import compared

    found: list[Comparison] = []
    for case in cases:
        comparison, interrupted = compared(case, shown)
        found.append(comparison)
        if interrupted:
            return found, True
    return found, False


def _finish(
    found: Sequence[Comparison],
    missing: Sequence[Expert],
    as_json: bool,
    no_color: bool,
    interrupted: bool,
) -> int:
    """Print everything; 4 where a comparison is not decided."""
    from twill.cli.output import emit, emit_json, page_for

    if as_json:
        from twill.formats.comparison_write import comparisons_to_json

        emit_json(comparisons_to_json(found, missing))
    else:
        from twill.reports.terminal.comparison import comparison_report

        emit(comparison_report(page_for(sys.stdout, no_color), found, missing, interrupted))
    open_ = any(each.word == "not decided" for each in found)
    return Exit.FEASIBLE if open_ or interrupted else Exit.OK
