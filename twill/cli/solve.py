"""``twill solve``: find the fastest schedule and prove it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, exit_of
from twill.cli.options import Seconds, color_option, json_option
from twill.cli.paper import paper_options, readings, solve_as_paper
from twill.solver.options import SolveOptions

if TYPE_CHECKING:
    from twill.cli.answers import Answer
    from twill.cli.inputs import Model
    from twill.schedule import Outcome


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how to search, and what to show meanwhile."""

    time_limit: float
    seed: int
    workers: int
    quiet: bool
    no_color: bool
    cross_check: bool = False
    proof_limit: float = SolveOptions().proof_limit

    @property
    def options(self) -> SolveOptions:
        """What the solver is asked for."""
        return SolveOptions(
            self.time_limit,
            self.seed,
            self.workers,
            proof_limit=self.proof_limit,
            cross_check=self.cross_check,
        )

    def note(self, text: str) -> None:
        """Tell it on stderr, unless notes are not wanted."""
        from twill.cli.output import complain

        if not self.quiet:
            complain(text)


@click.command("solve", short_help="Find the fastest schedule and prove it.", epilog=EPILOG)
@click.argument("spec")
@model_options
@paper_options
@click.option(
    "--time-limit",
    type=Seconds(),
    default=SolveOptions().time_limit,
    show_default=True,
    help="Wall time for the whole search; what is known by then is reported.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same input, seed and workers give the same schedule.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=2,
    show_default=True,
    help="Threads of the solver.",
)
@click.option(
    "--proof-limit",
    type=Seconds(),
    default=SolveOptions().proof_limit,
    show_default=True,
    help="Wall time for a refutation that 'twill check' can check, where one is needed.",
)
@click.option(
    "--no-proof", is_flag=True, help="Look for none: what is refuted is one engine's word."
)
@click.option(
    "--cross-check",
    is_flag=True,
    help="Let a second engine (Z3) refute again what still is one engine's word.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write problem, schedule, certificate and report to this folder.",
)
@click.option(
    "--no-cache",
    is_flag=True,
    help="Search even where the answer is known, and keep none ('twill cache --help').",
)
@json_option
@color_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr.")
def solve_command(
    spec: str,
    choices: Choices,
    profile: str,
    settings: tuple[tuple[str, str], ...],
    time_limit: float,
    seed: int,
    workers: int,
    proof_limit: float,
    no_proof: bool,
    cross_check: bool,
    folder: Path | None,
    no_cache: bool,
    as_json: bool,
    no_color: bool,
    quiet: bool,
) -> int:
    """Find the schedule of SPEC with the smallest initiation interval, and prove it.

    SPEC is a shipped loop ('twill list'), the path of a loop in YAML, or the path of a
    problem.json, which needs no machine. Ctrl-C ends the search with the best schedule
    so far; a second Ctrl-C aborts.

    \b
    twill solve flash_attention_forward --machine h100
    twill solve gemm -m b200 --set K=128 -o out
    twill solve problem.json --json
    """  # fmt: skip
    from twill.cli.answers import answer, open_cache
    from twill.cli.bundle import Bundle
    from twill.cli.inputs import load_model

    paper = readings(profile, settings)
    bundle = Bundle(folder) if folder is not None else None
    model = load_model(spec, choices)
    limit = 0.0 if no_proof else proof_limit
    effort = Effort(time_limit, seed, workers, quiet, no_color, cross_check, limit)
    if paper is not None:
        return solve_as_paper(model, effort, paper, as_json, bundle)
    cache = None if no_cache else open_cache(model, effort.options, effort.note)
    found = answer(cache, lambda: search(model, effort))
    _show(model, found, as_json, no_color)
    if bundle is not None:
        written = bundle.write(model, for_certificate(model, found, effort), found.interrupted)
        if not quiet:
            click.echo(f"wrote {', '.join(written)} to {folder}", err=True)
    return exit_of(found.outcome, found.interrupted)


def search(model: Model, effort: Effort) -> tuple[Outcome, bool]:
    """The outcome, and whether the user cut the search short."""
    from twill.cli.searching import searching
    from twill.cli.second_opinion import leaving_disagreement
    from twill.solver import solve

    with leaving_disagreement():
        return searching(
            lambda on_progress, stop: solve(model.problem, effort.options, on_progress, stop),
            effort.quiet,
            effort.no_color,
        )


def for_certificate(model: Model, found: Answer, effort: Effort) -> Outcome:
    """The outcome, with the refutations that only its certificate needs."""
    from twill.cli.searching import searching
    from twill.solver.proof.prove import completed

    if effort.proof_limit <= 0 or found.interrupted:
        return found.outcome
    outcome, _ = searching(
        lambda _, stop: completed(model.problem, found.outcome, effort.proof_limit, stop),
        effort.quiet,
        effort.no_color,
    )
    return outcome


def _show(model: Model, found: Answer, as_json: bool, no_color: bool) -> None:
    from twill.cli.output import emit, emit_json, page_for

    if as_json:
        from twill.formats import outcome_to_json

        emit_json(outcome_to_json(found.outcome, found.cached_s))
        return
    from twill.reports.terminal import report
    from twill.solver.bounds import bounds

    page = page_for(sys.stdout, no_color)
    context = replace(model.context(found.interrupted), cached_s=found.cached_s)
    emit(report(page, model.problem, found.outcome, bounds(model.problem), context))
