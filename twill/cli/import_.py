"""``twill import``: a dependence graph of another program as a problem."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from twill.cli.options import Choice, color_option, json_option
from twill.problem import Limits

if TYPE_CHECKING:
    from twill.cli.totals import Comparison
    from twill.importers import Imported, Options, Reading
    from twill.machine import Machine

FORMATS = ("ddg-0.1", "curated-ddg-0.2")
READINGS = ("timing", "memory", "joint")


@click.command("import", short_help="Make a problem of another program's dependence graph.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=Choice(FORMATS), help="What FILE must be.  [default: what it says]"
)
@click.option("--loop", type=int, metavar="ID", help="Which loop, where FILE has several.")
@click.option("-m", "--machine", help="Take memories, roles, registers and hand-offs from a GPU.")
@click.option(
    "--reading",
    type=Choice(READINGS),
    help="timing: units and dependences. memory: buffers too. joint: roles and registers too."
    "  [default: joint with --machine, else timing]",
)
@click.option(
    "--contract/--keep-views",
    default=None,
    help="Contract operations of no time into their source.  [default: except in timing]",
)
@click.option("--rings", is_flag=True, help="Let single-buffered allocations become rings.")
@click.option(
    "--handoffs",
    type=Choice(("file", "machine")),
    default="file",
    show_default=True,
    help="Whose latency of a hand-off counts where FILE states one.",
)
@click.option(
    "--max-stages",
    type=click.IntRange(1, 1000),
    default=Limits().max_stages,
    show_default=True,
    help="How many iterations a schedule may span.",
)
@click.option("--allow-unknown", is_flag=True, help="Note unknown keys and units, refuse none.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write problem.json here.")
@json_option
@color_option
def import_command(
    file: Path,
    format_: str | None,
    loop: int | None,
    machine: str | None,
    reading: str | None,
    contract: bool | None,
    rings: bool,
    handoffs: str,
    max_stages: int,
    allow_unknown: bool,
    output: Path | None,
    as_json: bool,
    no_color: bool,
) -> None:
    """Make a problem of FILE, a dependence graph that a compiler dumped.

    Prints what was taken over, what was assumed and why, what was left out, and what was
    not understood. Nothing is dropped silently.

    \b
    twill import case3_FA.ddg.json -o problem.json
    twill import fa_fwd.curated_ddg.json --machine b200 -o problem.json
    twill solve problem.json
    """  # fmt: skip
    from twill.importers import Options, load_graph

    options = Options(
        format=format_,
        loop=loop,
        reading=cast("Reading | None", reading),
        contract=contract,
        rings=rings,
        stated_handoffs=handoffs == "file",
        allow_unknown=allow_unknown,
        max_stages=max_stages,
    )
    imported = load_graph(file, machine=_machine(machine), options=options)
    totals = _totals(file, imported, options)
    if output is not None:
        _write(output, imported)
    _print(imported, totals, output, as_json, no_color)


def _machine(name: str | None) -> Machine | None:
    from twill.spec.machine import load_machine

    return load_machine(name) if name is not None else None


def _totals(file: Path, imported: Imported, options: Options) -> tuple[Comparison, ...]:
    """The file's own bounds beside ours, of the whole graph whatever the reading leaves out."""
    from dataclasses import replace

    from twill.importers import load_graph

    account = imported.account
    if not account.totals:
        return ()
    from twill.cli.totals import compare_totals

    plain = replace(options, reading="timing", contract=False, rings=False)
    whole = load_graph(file, options=plain).problem
    return compare_totals(account.totals, account.idle, whole)


def _write(path: Path, imported: Imported) -> None:
    from twill.cli.output import json_text
    from twill.files import write_whole
    from twill.formats import problem_to_json

    write_whole(path, json_text(problem_to_json(imported.problem)))


def _print(
    imported: Imported,
    totals: tuple[Comparison, ...],
    output: Path | None,
    as_json: bool,
    no_color: bool,
) -> None:
    from twill.cli.output import emit, emit_json, page_for

    if as_json:
        from twill.cli.failures import diagnostic_to_json
        from twill.cli.plain import to_json
        from twill.formats import problem_digest, problem_to_json

        account = to_json(imported.account)
        found = imported.account.not_understood
        account["not_understood"] = [diagnostic_to_json(diagnostic) for diagnostic in found]
        account["totals"] = [{**to_json(total), "agrees": total.agrees} for total in totals]
        document = {
            "schema": "twill/import/v1",
            "problem_sha256": problem_digest(imported.problem),
            "account": account,
            "problem": problem_to_json(imported.problem),
        }
        emit_json(document)
        return
    from twill.reports.terminal.imported import Total, import_report

    shown = [Total(t.name, t.stated, t.computed, t.reason) for t in totals]
    page = page_for(sys.stdout, no_color)
    where = str(output) if output is not None else None
    emit(import_report(page, imported.problem.name, imported.account, shown, where))
