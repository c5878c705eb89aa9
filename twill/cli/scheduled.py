"""The schedule that a command works on: read from a file, or found by solving."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from twill.cli.options import Seconds
from twill.diagnostics import Diagnostic, InputError
from twill.solver.options import SolveOptions

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.lower import WarpProgram
    from twill.lower.events import SyncCosts
    from twill.schedule import Outcome, Schedule

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the schedule comes from, and how long to search for it."""

    file: Path | None
    time_limit: float
    no_cache: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A verified schedule, or none; the outcome where it was searched for."""

    schedule: Schedule | None
    outcome: Outcome | None
    interrupted: bool


_OPTIONS = (
    click.option(
        "--schedule", "file", type=click.Path(path_type=Path), metavar="FILE",
        help="A schedule.json of this problem; without it the problem is solved.",
    ),
    click.option(
        "--time-limit", type=Seconds(), default=SolveOptions().time_limit, show_default=True,
        help="Wall time for the search, where there is one.",
    ),
    click.option("--no-cache", is_flag=True, help="Search even where the answer is known."),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr."),
)  # fmt: skip


def schedule_options(command: F) -> F:
    """Every option that says which schedule is meant, as one argument ``wanted``."""

    @functools.wraps(command)
    def with_wanted(**values: Any) -> Any:
        names = ("file", "time_limit", "no_cache", "quiet")
        wanted = Wanted(**{name: values.pop(name) for name in names})
        return command(**values, wanted=wanted)

    for option in reversed(_OPTIONS):
        with_wanted = option(with_wanted)
    return with_wanted  # type: ignore[return-value]


def scheduled(model: Model, wanted: Wanted, no_color: bool) -> Scheduled:
    """The schedule of a file, or the best that a search finds.

    :raises InputError: if the file is not a schedule of this problem.
    """
    if wanted.file is not None:
        return Scheduled(read_schedule(model, wanted.file), None, False)
    from twill.cli.answers import answer, open_cache
    from twill.cli.solve import Effort, search

    options = SolveOptions()
    effort = Effort(wanted.time_limit, options.seed, options.workers, wanted.quiet, no_color)
    cache = None if wanted.no_cache else open_cache(model, effort.options, effort.note)
    found = answer(cache, lambda: search(model, effort))
    schedule: Schedule | None = getattr(found.outcome, "schedule", None)
    return Scheduled(schedule, found.outcome, found.interrupted)


def read_schedule(model: Model, file: Path) -> Schedule:
    """The schedule of a file, verified. Raises InputError where it is none of this problem."""
    from twill.cli.inputs import load_schedule
    from twill.cli.verify import judge

    schedule = load_schedule(str(file))
    violations = judge(model, schedule)
    if violations:
        first = violations[0]
        message = f"{file} is no schedule of this problem: {first.constraint}: {first.message}"
        more = f"twill verify says all {len(violations)}" if len(violations) > 1 else None
        raise InputError([Diagnostic(message, help=more)])
    return schedule


def program_for(model: Model, schedule: Schedule) -> tuple[WarpProgram, SyncCosts]:
    """The program of a schedule, and what synchronisation costs on the machine, if it is known."""
    from twill.lower.events import SyncCosts
    from twill.simulate.turns import program_of

    machine = model.elaboration.machine if model.elaboration is not None else None
    costs = SyncCosts.of(machine)
    return program_of(model.problem, schedule, costs), costs
