"""The command line. Importing it loads nothing heavier than the standard library."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code.

    Ctrl-C while modules are still loading ends it like any other: in one line, with 130.
    """
    try:
        from twill.cli.app import main as start

        start(argv)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: no result\n")
        sys.exit(130)


__all__ = ["main"]
