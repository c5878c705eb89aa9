"""``twill simulate``: run the program of a schedule with values and look what goes wrong."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, Exit, exit_of
from twill.cli.options import Choice, color_option, json_option
from twill.cli.scheduled import Scheduled, Wanted, program_for, schedule_options, scheduled
from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.lower import WarpProgram
    from twill.reports.terminal.simulation import Outcome
    from twill.simulate import Request
    from twill.simulate.known import Comparison
    from twill.simulate.values import Values

MODES = ("all", "fixed", "random", "adversarial")

MOST_TRIPS = 4096
"""Values of all iterations are kept."""


class Scale(click.ParamType[float]):
    """A finite number other than 0."""

    name = "NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number, or a usage error."""
        try:
            number = float(value)
        except ValueError:
            self.fail(f"'{value}' is not a number", param, ctx)
        if not math.isfinite(number) or number == 0:
            self.fail(f"{value} is not a finite number other than 0", param, ctx)
        return number


@dataclass(frozen=True, slots=True)
class Meaning:
    """What operations compute, and the name of the textbook formula, if there is one."""

    values: Values
    known: str | None


@click.command("simulate", short_help="Run a schedule's program with values.", epilog=EPILOG)
@click.argument("spec")
@model_options
@schedule_options
@click.option(
    "--trips",
    type=click.IntRange(0, MOST_TRIPS),
    metavar="N",
    help="Iterations of the fixed run; by default the spec's.",
)
@click.option(
    "--latencies",
    "mode",
    type=Choice(MODES),
    default="all",
    show_default=True,
    help="The model's, random ones, or as bad as they can be.",
)
@click.option(
    "--runs",
    type=click.IntRange(1, 10_000),
    default=5,
    show_default=True,
    help="How many runs with random latencies.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Of the data and of random latencies.",
)
@click.option(
    "--scale",
    type=Scale(),
    help="Multiplies differences in 'fma' and 'exp2' (docs/loops.md); 1 by default.",
)
@click.option(
    "--trace",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what ran when in the fixed run, for Perfetto (docs/formats.md).",
)
@json_option
@color_option
def simulate_command(
    spec: str,
    choices: Choices,
    wanted: Wanted,
    trips: int | None,
    mode: str,
    runs: int,
    seed: int,
    scale: float | None,
    trace: Path | None,
    as_json: bool,
    no_color: bool,
) -> int:
    """Run the program of SPEC's schedule on tiles of numbers, under good and bad latencies.

    Every value is compared with that of the loop in program order. Reads of slots that are not
    full, overwrites of slots that are not empty, arrivals that no phase takes and hangs are
    explained (exit code 6).

    \b
    twill simulate flash_attention_forward --machine h100
    twill simulate gemm -m b200 --schedule out/schedule.json --trips 3
    twill simulate flash_attention_backward -m h100 --latencies random --runs 100
    twill simulate gemm -m h100 --trips 12 --trace gemm.trace.json
    """  # fmt: skip
    from twill.cli.inputs import load_model
    from twill.lower.events import SyncCosts
    from twill.simulate import Request

    if trace is not None and mode not in ("all", "fixed"):
        raise click.UsageError("--trace is of the fixed run: leave --latencies at all or fixed")
    model = load_model(spec, choices)
    count = model.problem.trips if trips is None else trips
    costs = SyncCosts.of(model.elaboration.machine if model.elaboration is not None else None)
    request = Request(min(count, MOST_TRIPS), mode, runs, seed, costs=costs)  # type: ignore[arg-type]
    meaning = _meaning(model, request, scale)
    found = scheduled(model, wanted, no_color)
    if found.schedule is None:
        return _nothing(found)
    program, _ = program_for(model, found.schedule)
    outcome = _simulated(model, program, meaning, request, (wanted.quiet, no_color))
    if trace is not None:
        _write_trace(trace, model, program, outcome)
    _show(model, outcome, as_json, no_color)
    return Exit.OK if outcome.well else Exit.UNVERIFIED


def _nothing(found: Scheduled) -> int:
    from twill.cli.output import complain

    assert found.outcome is not None
    reason = getattr(found.outcome, "reason", None)
    complain(f"error: there is no schedule to simulate: {reason.summary if reason else ''}")
    return exit_of(found.outcome, found.interrupted)


def _meaning(model: Model, request: Request, scale: float | None) -> Meaning:
    """Numbers where a spec says what is computed; a problem file has symbols only."""
    from twill.simulate.known import KNOWN, arrays_for
    from twill.simulate.values import Symbols, tiles_of
    from twill.spec.loop import load_loop

    made = model.elaboration
    if made is None and scale is not None:
        message = "--scale cannot be used with a problem file"
        raise InputError([Diagnostic(message, help="it does not say what is computed")])
    if made is None:
        return Meaning(Symbols(), None)
    name = made.loop.name
    known = name if name in KNOWN and load_loop(name).digest == made.loop.digest else None
    arrays = arrays_for(known or "", tiles_of(made), scale or 1.0, request.seed, request.trips)
    return Meaning(arrays, known)


def _simulated(
    model: Model,
    program: WarpProgram,
    meaning: Meaning,
    request: Request,
    display: tuple[bool, bool],
) -> Outcome:
    """Run everything, with a live line on a terminal."""
    from twill.cli.progress import live
    from twill.reports.terminal.simulation import Outcome
    from twill.simulate import simulate

    with live(*display) as (_, line):

        def progress(text: str) -> None:
            line.note = f"simulating {text}"

        found = simulate(model.problem, program, meaning.values, request, progress)
        comparisons: tuple[Comparison, ...] = ()
        if meaning.known is not None and found.results:
            from twill.simulate.known import compare
            from twill.simulate.values import Arrays

            assert isinstance(meaning.values, Arrays)
            comparisons = compare(meaning.known, meaning.values, found.results, request.trips)
    return Outcome(found, comparisons, request.trips)


def _write_trace(path: Path, model: Model, program: WarpProgram, outcome: Outcome) -> None:
    """The trace of the fixed run. Raises InputError where the file cannot be written."""
    from twill.cli.output import complain
    from twill.files import write_whole
    from twill.reports.trace import measured_json

    if not outcome.simulation.trace.ops:
        complain("note: no trace: the fixed run had no iteration or did not end well")
        return
    text = measured_json(model.problem, program, outcome.simulation, model.context())
    write_whole(path, text)


def _show(model: Model, outcome: Outcome, as_json: bool, no_color: bool) -> None:
    from twill.cli.output import emit, emit_json, page_for

    if as_json:
        emit_json(_to_json(model, outcome))
        return
    from twill.reports.terminal.simulation import simulation_report

    emit(simulation_report(page_for(sys.stdout, no_color), model.problem, outcome))


def _to_json(model: Model, outcome: Outcome) -> dict[str, object]:
    from twill.cli.plain import to_json

    simulation = outcome.simulation
    return {
        "schema": "twill/simulation/v1",
        "problem_sha256": model.digest,
        "well": outcome.well,
        "ii": simulation.ii,
        "trips": outcome.trips,
        "cycles_per_iteration": simulation.cycles_per_iteration,
        "in_schedule_order": simulation.in_schedule_order,
        "busy": dict(simulation.busy),
        "values": [_plain(c) for c in outcome.comparisons],
        "runs": [to_json(e) for e in simulation.executions],
    }


def _plain(comparison: Comparison) -> dict[str, object]:
    """JSON has no infinity: what is no number at all has no error."""
    error = comparison.error if math.isfinite(comparison.error) else None
    return {"name": comparison.name, "error": error, "tolerance": comparison.tolerance}
