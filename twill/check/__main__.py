"""``python -m twill.check BUNDLE``: what ``twill check`` prints, without any other package."""

from __future__ import annotations

import sys
from pathlib import Path

from twill.check import Invalid, check
from twill.text import visible


def main(arguments: list[str]) -> int:
    """Check one certificate; the exit code, as of ``twill check``."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m twill.check BUNDLE|certificate.json\n")
        return 2
    try:
        sys.stdout.write(str(check(Path(arguments[0]))))
    except Invalid as fault:
        sys.stdout.write(f"rejected: {visible(str(fault))}\n")
        return 6
    except OSError as error:
        sys.stderr.write(f"error: {visible(str(error))}\n")
        return 2
    return 0


sys.exit(main(sys.argv[1:]))
