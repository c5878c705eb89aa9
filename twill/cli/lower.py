"""``twill lower``: the programs of a schedule, role by role."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, Exit, exit_of
from twill.cli.options import Choice, color_option
from twill.cli.scheduled import Scheduled, Wanted, program_for, schedule_options, scheduled

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.lower import WarpProgram
    from twill.lower.events import SyncCosts, Timing
    from twill.schedule import Schedule

FORMATS = ("listing", "json")


@click.command("lower", short_help="Turn a schedule into one program per role.", epilog=EPILOG)
@click.argument("spec")
@model_options
@schedule_options
@click.option(
    "--format",
    "form",
    type=Choice(FORMATS),
    default="listing",
    show_default=True,
    help="What to print.",
)
@color_option
def lower_command(spec: str, choices: Choices, wanted: Wanted, form: str, no_color: bool) -> int:
    """Turn the schedule of SPEC into one program per role: waits, arrives, rings, registers.

    \b
    twill lower flash_attention_forward --machine h100
    twill lower gemm -m b200 --schedule out/schedule.json
    twill lower gemm -m h100 --format json > program.json
    """  # fmt: skip
    from twill.cli.inputs import load_model

    model = load_model(spec, choices)
    found = scheduled(model, wanted, no_color)
    if found.schedule is None:
        return _nothing(found)
    program, costs = program_for(model, found.schedule)
    timing = _timing(model, found.schedule, program, costs)
    if form == "json":
        _emit(program, timing)
    else:
        _show(model, found.schedule, program, timing, no_color)
    return Exit.OK if found.outcome is None else exit_of(found.outcome, found.interrupted)


def _nothing(found: Scheduled) -> int:
    from twill.cli.output import complain

    assert found.outcome is not None
    reason = getattr(found.outcome, "reason", None)
    complain(f"error: there is no schedule to lower: {reason.summary if reason else ''}")
    return exit_of(found.outcome, found.interrupted)


def _timing(model: Model, schedule: Schedule, program: WarpProgram, costs: SyncCosts) -> Timing:
    from twill.lower.events import timing
    from twill.lower.lowering import usage_of

    return timing(usage_of(model.problem, schedule), program, costs)


def _emit(program: WarpProgram, timing: Timing) -> None:
    from twill.cli.output import emit_json
    from twill.formats import program_to_json

    emit_json(program_to_json(program, timing))


def _show(
    model: Model, schedule: Schedule, program: WarpProgram, timing: Timing, no_color: bool
) -> None:
    from twill.cli.output import emit, page_for
    from twill.reports.terminal.program import listing
    from twill.reports.terminal.timing import timing_text

    page = page_for(sys.stdout, no_color)
    emit(listing(page, model.problem, schedule, program))
    emit(timing_text(page, timing))
