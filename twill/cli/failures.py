"""What is printed when a command fails: for people on stderr, as JSON on stdout if asked."""

from __future__ import annotations

from collections.abc import Iterable

import click

from twill.cli.exits import Exit
from twill.cli.output import complain, emit_json
from twill.diagnostics import Diagnostic, InputError, render

_REPORT = (
    "This is a bug in twill, not in your input. Please report it with the command and its files;\n"
    "TWILL_DEBUG=1 prints the traceback to add."
)


def invalid_input(error: InputError, as_json: bool) -> int:
    """Every diagnostic, then exit code 2."""
    complain(render(error.diagnostics))
    count = len(error.diagnostics)
    if as_json:
        summary = f"{count} error{'s' if count != 1 else ''} in the input"
        _error_json(summary, Exit.INPUT, error.diagnostics)
    return Exit.INPUT


def usage(error: click.ClickException, as_json: bool) -> int:
    """A command line that cannot be understood, exit code 2."""
    context = getattr(error, "ctx", None)
    lines = [context.get_usage()] if context is not None else []
    lines.append(f"error: {error.format_message()}")
    if context is not None:
        lines.append(f"  help: '{context.command_path} --help' lists what there is")
    complain("\n".join(lines))
    if as_json:
        _error_json(error.format_message(), Exit.INPUT)
    return Exit.INPUT


def interrupted(as_json: bool) -> int:
    """Ctrl-C before there was any result."""
    complain("interrupted: no result")
    if as_json:
        _error_json("interrupted", Exit.INTERRUPTED)
    return Exit.INTERRUPTED


def unexpected(error: Exception, as_json: bool) -> int:
    """A schedule or a claim that failed its check (6), or any other bug (1), in one line."""
    what = " ".join(str(error).split()) or "no message"
    defects = {
        "VerificationFailed": "verification failed",
        "EnginesDisagree": "engines disagree",
        "RefutationRejected": "proof rejected",
    }
    kind = type(error).__name__
    if kind in defects:
        message, code = f"{defects[kind]}: {what}", Exit.UNVERIFIED
    else:
        message, code = f"internal error: {kind}: {what}", Exit.INTERNAL
    complain(f"{message}\n{_REPORT}")
    if as_json:
        _error_json(message, code)
    return code


def _error_json(message: str, code: Exit, diagnostics: Iterable[Diagnostic] = ()) -> None:
    emit_json(
        {
            "schema": "twill/error/v1",
            "error": message,
            "exit_code": int(code),
            "diagnostics": [diagnostic_to_json(diagnostic) for diagnostic in diagnostics],
        }
    )


def diagnostic_to_json(diagnostic: Diagnostic) -> dict[str, object]:
    """A diagnostic as a JSON object, without the text of its line."""
    span = diagnostic.span
    place = {"file": span.file, "line": span.line, "column": span.column} if span else None
    return {"message": diagnostic.message, "location": place, "help": diagnostic.help}
