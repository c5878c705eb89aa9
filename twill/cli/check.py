"""``twill check``: whether a certificate proves what it claims."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twill.cli.exits import EPILOG, Exit
from twill.cli.options import json_option
from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.check import Result
    from twill.check.second_opinion import Program


@click.command("check", short_help="Check a proof of optimality.", epilog=EPILOG)
@click.argument("bundle", metavar="BUNDLE|CERTIFICATE")
@click.option(
    "--second-opinion",
    is_flag=True,
    help="Also let a formally verified checker, cake_lpr or acl2, check every refutation.",
)
@json_option
def check_command(bundle: str, second_opinion: bool, as_json: bool) -> int:
    """Check the certificate of a BUNDLE (a folder that 'twill solve -o' wrote).

    The witness, the sums, every step of every refutation and every axiom that it uses are
    checked against the problem, by the standard library alone: no solver and no encoder is
    trusted. What had to be assumed is said. 'python -m twill.check' does the same where
    nothing else is installed.

    \b
    twill solve flash_attention_forward --machine b200 -o out
    twill check out
    """  # fmt: skip
    from twill.check import Invalid, check
    from twill.cli.output import emit, emit_json
    from twill.text import visible

    program = _program() if second_opinion else None
    try:
        result = check(Path(bundle))
        said = _asked(program, result) if program else None
    except Invalid as fault:
        if as_json:
            emit_json({"schema": "twill/check/v1", "checked": False, "message": str(fault)})
        else:
            emit(f"rejected: {visible(str(fault))}\n")
        return Exit.UNVERIFIED
    except OSError as error:
        help_ = "name a folder that 'twill solve -o' wrote, or the certificate.json in it"
        raise InputError([Diagnostic(str(error), help=help_)]) from None
    if as_json:
        emit_json({**result.to_json(), "second_opinion": said})
    else:
        emit(str(result) + (f"second opinion\n  {said}\n" if said else ""))
    return Exit.OK


def _program() -> Program:
    """The verified checker that is there. Raises InputError where none is."""
    from twill.check.second_opinion import HELP, installed

    program = installed()
    if program is None:
        raise InputError([Diagnostic("neither cake_lpr nor acl2 is on the PATH", help=HELP)])
    return program


def _asked(program: Program, result: Result) -> str:
    from twill.check.second_opinion import ask

    for refutation in result.refutations:
        ask(program, refutation)
    count = len(result.refutations)
    if not count:
        return "there is no refutation to check: the bound is by arithmetic"
    return f"{program.name} verifies {'the refutation' if count == 1 else f'{count} refutations'}"
