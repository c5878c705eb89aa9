"""Long work with live progress that Ctrl-C ends early."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from twill.solver.options import OnProgress, Stop

T = TypeVar("T")


def searching(
    work: Callable[[OnProgress | None, Stop], T], quiet: bool, no_color: bool
) -> tuple[T, bool]:
    """The result of the work, and whether the user cut it short."""
    from twill.cli.interrupt import interruptible
    from twill.cli.output import complain
    from twill.cli.progress import live

    with live(quiet, no_color) as (on_progress, display):

        def on_stop() -> None:
            display.note = "stopping, Ctrl-C again to abort"
            if on_progress is None and not quiet:
                complain(display.note)

        return interruptible(lambda stop: work(on_progress, stop), on_stop)
