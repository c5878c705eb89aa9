"""One live line on stderr while a search runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twill.cli.output import is_terminal
from twill.text import visible

if TYPE_CHECKING:
    from rich.text import Text

    from twill.solver.options import OnProgress, Progress


class Display:
    """The latest state of a search as a line; rich asks for it several times a second."""

    def __init__(self) -> None:
        self.note = ""
        self._latest: Progress | None = None
        self._began = time.monotonic()

    def update(self, progress: Progress) -> None:
        """Called from the solver's threads."""
        self._latest = progress

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(self.line(time.monotonic() - self._began), no_wrap=True, overflow="ellipsis")

    def line(self, elapsed: float) -> str:
        """Phase, II, incumbent, bound and elapsed time."""
        parts = [f"{elapsed:5.0f} s"]
        if self.note:
            parts.append(self.note)
        if self._latest is not None:
            parts += _parts(self._latest)
        else:
            parts.append("starting")
        return visible("  ".join(parts))


def _parts(progress: Progress) -> list[str]:
    parts = [progress.phase]
    if progress.ii is not None:
        parts.append(f"II {progress.ii}")
    if progress.incumbent not in {"", "-"}:
        parts.append(f"best {progress.incumbent}")
    if progress.bound:
        parts.append(f"bound {progress.bound}")
    return parts


@contextmanager
def live(quiet: bool, no_color: bool) -> Iterator[tuple[OnProgress | None, Display]]:
    """What to hand to the solver, and the display; silent where nobody watches stderr."""
    display = Display()
    if quiet or not is_terminal(sys.stderr):
        yield None, display
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, no_color=no_color or None, highlight=False)
    with Live(display, console=console, transient=True, refresh_per_second=6):
        yield display.update, display
