"""Writing to the two streams: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from twill.reports.terminal.page import Page

_DRAWING = "─│├┤┼█░▒▓·●←→‹›…"


def page_for(stream: TextIO, no_color: bool = False) -> Page:
    """The page that a stream can show: its width, colours and characters."""
    from twill.reports.terminal.page import Page

    return Page(_width(stream), not no_color and _colors(stream), _draws(stream))


def emit(text: str) -> None:
    """A result, to stdout. A reader who has gone away is no error."""
    try:
        sys.stdout.write(_encodable(text, sys.stdout))
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()


def emit_json(document: object) -> None:
    """A result as one JSON document, in ASCII so that it survives any encoding."""
    emit(json_text(document))


def json_text(document: object) -> str:
    """A JSON document as it is printed and written to files."""
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def complain(text: str) -> None:
    """A diagnostic or a note, to stderr; nothing in it but line breaks acts on a terminal."""
    from twill.text import visible

    text = "\n".join(visible(line) for line in text.split("\n"))
    if _colors(sys.stderr):
        text = text.replace("error: ", "\x1b[1;31merror:\x1b[0m ", 1)
    try:
        sys.stderr.write(_encodable(text, sys.stderr) + "\n")
        sys.stderr.flush()
    except OSError:
        return


def is_terminal(stream: TextIO) -> bool:
    """Whether a person watches the stream."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:
        return False


def _width(stream: TextIO) -> int:
    from twill.reports.terminal.page import DEFAULT_WIDTH, MAX_WIDTH, MIN_WIDTH

    asked = os.environ.get("COLUMNS", "")
    if not is_terminal(stream) and not asked.isdecimal():
        return DEFAULT_WIDTH
    columns = shutil.get_terminal_size((DEFAULT_WIDTH, 40)).columns
    return max(MIN_WIDTH, min(MAX_WIDTH, columns))


def _colors(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def _draws(stream: TextIO) -> bool:
    return _encodable(_DRAWING, stream) == _DRAWING


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.encode("ascii", "backslashreplace").decode("ascii")
    return text


def _silence_stdout() -> None:
    """Send what is still to come nowhere, so that closing stdout at exit fails no more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
