"""``twill schema``: the JSON Schema of a file format."""

from __future__ import annotations

import click

from twill.cli.options import Choice

KINDS = (
    "problem", "schedule", "program", "outcome", "report", "loop", "machine", "expert",
    "comparison", "certificate", "refutation",
)  # fmt: skip


@click.command("schema", short_help="Print the JSON Schema of a file format.")
@click.argument("kind", type=Choice(KINDS))
def schema_command(kind: str) -> None:
    """Print the JSON Schema of KIND.

    KIND is problem, schedule, program, outcome, report, loop, machine, expert,
    comparison, certificate or refutation.

    \b
    twill schema loop > loop.schema.json
    """
    from twill.cli.output import emit_json
    from twill.formats import json_schema

    emit_json(json_schema(kind))
