"""``twill explain``: why an II is out of reach, and what would bring it within."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, exit_of
from twill.cli.options import Seconds, color_option, json_option
from twill.solver.options import SolveOptions

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.explanation import Explanation


@click.command("explain", short_help="Say what forbids a smaller II.", epilog=EPILOG)
@click.argument("spec")
@model_options
@click.option(
    "--ii",
    "asked",
    type=click.IntRange(1, 10**9),
    metavar="N",
    help="Explain this II only; by default the one below the smallest, and all limits.",
)
@click.option(
    "--time-limit",
    type=Seconds(),
    default=SolveOptions().time_limit,
    show_default=True,
    help="Wall time for everything; what is known by then is reported.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--workers", type=click.IntRange(1, 256), default=2, show_default=True)
@json_option
@color_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr.")
def explain_command(
    spec: str,
    choices: Choices,
    asked: int | None,
    time_limit: float,
    seed: int,
    workers: int,
    as_json: bool,
    no_color: bool,
    quiet: bool,
) -> int:
    """Say what forbids a smaller II, and what would have to change.

    For the II asked about (or the one below the smallest): a minimal set of constraints that
    together forbid it, with numbers, and how much of a change to each is enough. Without
    --ii also what every constraint allows alone, what the others would allow without it,
    and how the II falls as each unit gets faster.

    \b
    twill explain flash_attention_forward --machine b200
    twill explain gemm -m h100 --ii 900
    twill explain flash_attention_forward -m h100 --what-if sfu.rate=32
    """  # fmt: skip
    from twill.cli.inputs import load_model
    from twill.cli.questions import question_of
    from twill.cli.searching import searching
    from twill.solver.explain import explain

    model = load_model(spec, choices)
    question = question_of(model, spec, choices, asked)
    options = SolveOptions(time_limit, seed, workers)
    found, interrupted = searching(
        lambda on_progress, stop: explain(model.problem, question, options, on_progress, stop),
        quiet,
        no_color,
    )
    _show(model, found, interrupted, as_json, no_color)
    return exit_of(found.outcome, interrupted)


def _show(
    model: Model, found: Explanation, interrupted: bool, as_json: bool, no_color: bool
) -> None:
    from twill.cli.output import emit, emit_json, page_for

    if as_json:
        from twill.formats import outcome_to_json
        from twill.reports.explanation_json import explanation_to_json

        emit_json(explanation_to_json(model.problem, found, outcome_to_json(found.outcome)))
        return
    from twill.reports.terminal.explanation import explanation_report
    from twill.solver.bounds import bounds

    page = page_for(sys.stdout, no_color)
    context = model.context(interrupted)
    emit(explanation_report(page, model.problem, found, bounds(model.problem), context))
