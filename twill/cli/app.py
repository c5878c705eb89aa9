"""The ``twill`` command: its subcommands, and what happens to everything that goes wrong."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from twill import __version__
from twill.cli import failures
from twill.cli.cache import cache_command
from twill.cli.check import check_command
from twill.cli.compare import compare_command
from twill.cli.exits import EPILOG, Exit
from twill.cli.explain import explain_command
from twill.cli.import_ import import_command
from twill.cli.list import list_command
from twill.cli.lower import lower_command
from twill.cli.report import report_command
from twill.cli.schema import schema_command
from twill.cli.show import show_command
from twill.cli.simulate import simulate_command
from twill.cli.solve import solve_command
from twill.cli.verify import verify_command
from twill.diagnostics import InputError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG, no_args_is_help=True
)
@click.version_option(__version__, message="twill %(version)s")
def cli() -> None:
    """Find provably optimal software-pipelined, warp-specialised schedules for GPU loops.

    \b
    twill solve flash_attention_forward --machine h100
    """


COMMANDS = (
    solve_command,
    explain_command,
    report_command,
    compare_command,
    lower_command,
    simulate_command,
    verify_command,
    check_command,
    show_command,
    import_command,
    list_command,
    schema_command,
    cache_command,
)

for _command in COMMANDS:
    cli.add_command(_command)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    code = run(argv)
    if code == Exit.INTERRUPTED:
        # A solver thread may still be inside its engine; a normal shutdown would wait for it.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Nothing but SystemExit gets out."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        result = cli.main(args=arguments, prog_name="twill", standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.OK
    except InputError as error:
        return failures.invalid_input(error, as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return Exit.INPUT
    except click.ClickException as error:
        return failures.usage(error, as_json)
    except (click.Abort, KeyboardInterrupt):
        return failures.interrupted(as_json)
    except Exception as error:  # noqa: BLE001 - the last line before the user
        if os.environ.get("TWILL_DEBUG"):
            traceback.print_exc()
        return failures.unexpected(error, as_json)
