"""``twill list``: the loops, machines and experts' kernels that come with Twill."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from twill.cli.options import color_option, json_option

if TYPE_CHECKING:
    from twill.expert import Expert


@click.command("list", short_help="List the shipped loops, machines and experts' kernels.")
@json_option
@color_option
def list_command(as_json: bool, no_color: bool) -> None:
    """List what comes with Twill, by the names that commands take.

    Loops, machines, and experts' kernels with their machine and the loop of their comparison.
    """
    from twill.cli.output import emit, emit_json, page_for
    from twill.reports.terminal.catalogue import Entry, catalogue
    from twill.spec.expert import load_expert, shipped_experts
    from twill.spec.loop import load_loop, shipped_loops
    from twill.spec.machine import load_machine, shipped_machines

    specs = [Entry(name, load_loop(name).title) for name in shipped_loops()]
    machines = [Entry(name, load_machine(name).title) for name in shipped_machines()]
    kernels = [load_expert(name) for name in shipped_experts()]
    if as_json:
        emit_json(
            {
                "specs": [{"name": entry.name, "title": entry.title} for entry in specs],
                "machines": [{"name": entry.name, "title": entry.title} for entry in machines],
                "experts": [_expert(kernel) for kernel in kernels],
            }
        )
        return
    experts = [
        Entry(kernel.name, kernel.title, (kernel.machine, ", ".join(_loops(kernel)) or "-"))
        for kernel in kernels
    ]
    emit(catalogue(page_for(sys.stdout, no_color), specs, machines, experts))


def _loops(kernel: Expert) -> tuple[str, ...]:
    """The loops that a kernel is compared on, each once."""
    return tuple(dict.fromkeys(pairing.spec for pairing in kernel.pairings))


def _expert(kernel: Expert) -> dict[str, object]:
    return {
        "name": kernel.name,
        "title": kernel.title,
        "machine": kernel.machine,
        "specs": list(_loops(kernel)),
    }
