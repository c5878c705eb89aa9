"""``twill lower``: the programs of a schedule, role by role."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, Exit, exit_of
from twill.cli.options import Choice, color_option
from twill.cli.scheduled import Scheduled, Wanted, program_for, schedule_options, scheduled
from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cli.bundle import Bundle
    from twill.cli.inputs import Model
    from twill.cli.kernel import Lowered
    from twill.lower import WarpProgram
    from twill.lower.events import SyncCosts, Timing
    from twill.schedule import Schedule

FORMATS = ("listing", "json", "cuda")


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
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write kernel.cu and twill.cuh to this folder (with --format cuda).",
)
@click.option(
    "--compile",
    "compiling",
    is_flag=True,
    help="Compile the kernel, and compare registers with the roles' budgets.",
)
@click.option(
    "--fit",
    is_flag=True,
    help="Where the compiler needs more registers than the model gave, solve again with them.",
)
@color_option
def lower_command(
    spec: str,
    choices: Choices,
    wanted: Wanted,
    form: str,
    folder: Path | None,
    compiling: bool,
    fit: bool,
    no_color: bool,
) -> int:
    """Turn the schedule of SPEC into one program per role: waits, arrives, rings, registers.

    With --format cuda into a kernel that the CUDA compiler takes, with its launcher and a check.

    \b
    twill lower flash_attention_forward --machine h100
    twill lower gemm -m b200 --schedule out/schedule.json
    twill lower gemm -m h100 --format json > program.json
    twill lower gemm -m h100 --format cuda --fit -o kernel
    """  # fmt: skip
    from twill.cli.bundle import Bundle

    _check_options(wanted, form, folder, compiling, fit)
    bundle = Bundle(folder) if folder is not None else None
    lowered = _lowered(spec, choices, wanted, no_color)
    if isinstance(lowered, Scheduled):
        return _nothing(lowered)
    if form == "cuda":
        return _cuda(lowered, choices, _Again(spec, wanted, no_color), bundle, (compiling, fit))
    assert lowered.found.schedule is not None
    _, costs = program_for(lowered.model, lowered.found.schedule)
    timing = _timing(lowered.model, lowered.found.schedule, lowered.program, costs)
    if form == "json":
        _emit(lowered.program, timing)
    else:
        _show(lowered.model, lowered.found.schedule, lowered.program, timing, no_color)
    return _code(lowered)


def _check_options(
    wanted: Wanted, form: str, folder: Path | None, compiling: bool, fit: bool
) -> None:
    given = [
        name
        for name, on in (("-o", folder is not None), ("--compile", compiling), ("--fit", fit))
        if on
    ]
    if given and form != "cuda":
        raise click.UsageError(f"{' and '.join(given)} needs --format cuda")
    if fit and wanted.file is not None:
        raise click.UsageError("--fit solves again; it cannot keep the schedule of --schedule")


def _lowered(spec: str, choices: Choices, wanted: Wanted, no_color: bool) -> Lowered | Scheduled:
    """The program of the schedule that is meant; what was found instead where there is none."""
    from twill.cli.inputs import load_model
    from twill.cli.kernel import Lowered

    model = load_model(spec, choices)
    found = scheduled(model, wanted, no_color)
    if found.schedule is None:
        return found
    program, _ = program_for(model, found.schedule)
    return Lowered(model, found, program)


@dataclass(frozen=True)
class _Again:
    """Lowers with other choices."""

    spec: str
    wanted: Wanted
    no_color: bool

    def __call__(self, choices: Choices) -> Lowered:
        lowered = _lowered(self.spec, choices, self.wanted, self.no_color)
        if isinstance(lowered, Scheduled):
            message = "with the registers that the compiler needs there is no schedule"
            raise InputError([Diagnostic(message, help="without --fit the kernel is written")])
        return lowered


def _cuda(
    lowered: Lowered,
    choices: Choices,
    again: _Again,
    bundle: Bundle | None,
    how: tuple[bool, bool],
) -> int:
    """The kernel to a folder or to stdout; what the compiler says to stderr."""
    from twill.cli.kernel import fitting, kernel_files, measured
    from twill.cli.output import complain, emit
    from twill.files import write_bundle
    from twill.lower.cuda.measure import measured_lines

    compiling, fit = how
    found = None
    if fit:
        lowered, found = fitting(lowered, choices, again)
    files = kernel_files(lowered)
    if compiling and found is None:
        found = measured(lowered, files)
    if bundle is None:
        emit(files["kernel.cu"])
    else:
        write_bundle(bundle.folder, files)
        if not again.wanted.quiet:
            complain(f"wrote {', '.join(files)} to {bundle.folder}")
    if found is not None:
        complain("\n".join(measured_lines(found)))
    return Exit.UNVERIFIED if found is not None and found.faults else _code(lowered)


def _code(lowered: Lowered) -> int:
    found = lowered.found
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
