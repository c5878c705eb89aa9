"""``twill solve --profile paper``: its options, its search and what it prints and writes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from twill.cli.exits import Exit
from twill.cli.options import Choice
from twill.solver.options import SolveOptions

if TYPE_CHECKING:
    from twill.cli.bundle import Bundle
    from twill.cli.inputs import Model
    from twill.cli.solve import Effort
    from twill.solver.paper import PaperOptions, PaperOutcome

F = TypeVar("F", bound=Callable[..., Any])
_CODES = {
    "optimal": Exit.OK,
    "feasible": Exit.FEASIBLE,
    "infeasible": Exit.INFEASIBLE,
    "unknown": Exit.UNKNOWN,
}


class Setting(click.ParamType[tuple[str, str]]):
    """``OPTION=VALUE`` of profile ``paper``."""

    name = "OPTION=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The pair, or a usage error with the nearest option or value."""
        from twill.solver.paper.options import options_from

        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"\s*([^\s=]+)\s*=\s*([^\s=]+)\s*", value)
        if match is None:
            self.fail(f"'{value}' is not of the form OPTION=VALUE, such as U=600", param, ctx)
        pair = match[1], match[2]
        try:
            options_from([pair])
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return pair


def paper_options(command: F) -> F:
    """``--profile`` and ``--paper``."""
    for option in (
        click.option(
            "--paper", "settings", type=Setting(), multiple=True, metavar="OPTION=VALUE",
            help="A reading of profile paper, as in U=600 (docs/paper_profile.md)."
            " May be repeated.",
        ),
        click.option(
            "--profile", type=Choice(["default", "paper"]), default="default", show_default=True,
            metavar="PROFILE", help="default, or paper: the published formulation, with Z3.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def readings(profile: str, settings: Sequence[tuple[str, str]]) -> PaperOptions | None:
    """The options of profile paper; None where another profile is asked for."""
    if profile != "paper":
        if settings:
            raise click.UsageError("--paper sets options of --profile paper, which is not given")
        return None
    from twill.solver.paper.options import options_from

    return options_from(settings)


def solve_as_paper(
    model: Model,
    effort: Effort,
    options: PaperOptions,
    as_json: bool,
    bundle: Bundle | None,
) -> int:
    """Search, print and write; the exit code."""
    outcome, interrupted = _search(model, effort, options)
    _show(model, outcome, as_json, effort.no_color)
    if bundle is not None:
        files = _files(model, outcome)
        bundle.put(files)
        if not effort.quiet:
            click.echo(f"wrote {', '.join(files)} to {bundle.folder}", err=True)
    if interrupted and outcome.status == "unknown":
        return Exit.INTERRUPTED
    return _CODES[outcome.status]


def _search(model: Model, effort: Effort, options: PaperOptions) -> tuple[PaperOutcome, bool]:
    from twill.cli.interrupt import interruptible
    from twill.cli.output import complain
    from twill.cli.progress import live
    from twill.diagnostics import Diagnostic, InputError
    from twill.solver.paper.algorithm1 import solve_paper
    from twill.solver.paper.normalise import NotNormalised

    limits = SolveOptions(effort.time_limit, effort.seed, effort.workers)
    with live(effort.quiet, effort.no_color) as (on_progress, display):

        def on_stop() -> None:
            display.note = "stopping, Ctrl-C again to abort"
            if on_progress is None and not effort.quiet:
                complain(display.note)

        try:
            return interruptible(
                lambda stop: solve_paper(model.problem, options, limits, on_progress, stop),
                on_stop,
            )
        except NotNormalised as error:
            help_ = "change U or least, or keep machine cycles with --paper normalise=off"
            raise InputError([Diagnostic(str(error), help=help_)]) from None


def _show(model: Model, outcome: PaperOutcome, as_json: bool, no_color: bool) -> None:
    from twill.cli.output import emit, emit_json, page_for

    if as_json:
        from twill.solver.paper.document import paper_to_json

        emit_json(paper_to_json(outcome, model.digest))
        return
    from twill.reports.terminal.paper import paper_report

    emit(paper_report(page_for(sys.stdout, no_color), model.problem, outcome, model.context()))


def _files(model: Model, outcome: PaperOutcome) -> dict[str, str]:
    """What ``-o`` writes: the answer, its problem, and the schedule at machine cycles if valid."""
    from twill.cli.output import json_text
    from twill.formats import problem_to_json, schedule_to_json
    from twill.reports.terminal import Page
    from twill.reports.terminal.paper import paper_report
    from twill.solver.paper.document import paper_to_json

    files = {
        "problem.json": json_text(problem_to_json(model.problem)),
        "paper.json": json_text(paper_to_json(outcome, model.digest)),
    }
    replay = outcome.replay
    if replay is not None and replay.schedule is not None and not replay.violations:
        files["schedule.json"] = json_text(schedule_to_json(replay.schedule))
    files["report.txt"] = paper_report(Page(), model.problem, outcome, model.context())
    return files
