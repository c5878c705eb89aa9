"""``twill list``: the loops and machines that come with Twill."""

from __future__ import annotations

import sys

import click

from twill.cli.options import color_option, json_option


@click.command("list", short_help="List the shipped loops and machines.")
@json_option
@color_option
def list_command(as_json: bool, no_color: bool) -> None:
    """List the loops and machines that come with Twill, by the names that commands take."""
    from twill.cli.output import emit, emit_json, page_for
    from twill.reports.terminal.catalogue import Entry, catalogue
    from twill.spec.loop import load_loop, shipped_loops
    from twill.spec.machine import load_machine, shipped_machines

    specs = [Entry(name, load_loop(name).title) for name in shipped_loops()]
    machines = [Entry(name, load_machine(name).title) for name in shipped_machines()]
    if as_json:
        emit_json(
            {
                "specs": [{"name": entry.name, "title": entry.title} for entry in specs],
                "machines": [{"name": entry.name, "title": entry.title} for entry in machines],
            }
        )
        return
    emit(catalogue(page_for(sys.stdout, no_color), specs, machines))
