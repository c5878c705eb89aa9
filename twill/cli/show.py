"""``twill show``: a loop, a machine, the problem that both make, or an expert's kernel."""

from __future__ import annotations

import sys

import click

from twill.cli.choices import Choices, model_options
from twill.cli.options import color_option, json_option


@click.command("show", short_help="Show a loop, a machine, their problem, or an expert's kernel.")
@click.argument("spec", metavar="[SPEC|PROBLEM|EXPERT]", required=False)
@model_options
@click.option("--problem", "as_problem", is_flag=True, help="Print the problem as problem.json.")
@json_option
@color_option
def show_command(
    spec: str | None,
    choices: Choices,
    as_problem: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show a loop (SPEC), a GPU (--machine), or with both every cost and its source.

    Or an EXPERT's kernel: its roles, buffers, barriers and where they are written.

    \b
    twill show flash_attention_forward
    twill show --machine h100
    twill show flash_attention_forward --machine h100
    twill show flash_attention_forward --machine h100 --problem > problem.json
    twill show fa3_forward_hdim128
    """  # fmt: skip
    from twill.cli.inputs import is_expert, problem_document

    if spec is None:
        _refuse_without_spec(choices, as_problem)
        show_machine(choices, as_json, no_color)
    elif is_expert(spec):
        if as_problem or choices != Choices():
            raise click.UsageError("with an EXPERT only --json and --no-color go")
        show_expert(spec, as_json, no_color)
    elif as_problem or choices != Choices() or problem_document(spec) is not None:
        show_problem(spec, choices, as_problem, as_json, no_color)
    else:
        show_loop(spec, as_json, no_color)


def _refuse_without_spec(choices: Choices, as_problem: bool) -> None:
    if choices.machine is None:
        raise click.UsageError("nothing to show: name a SPEC, a --machine, or both")
    if as_problem or choices != Choices(machine=choices.machine, changes=choices.changes):
        text = "without a SPEC, only --what-if, --json and --no-color go with --machine"
        raise click.UsageError(text)


def show_machine(choices: Choices, as_json: bool, no_color: bool) -> None:
    """A machine with every number."""
    from twill.cli.inputs import load_machine
    from twill.cli.output import emit, emit_json, page_for
    from twill.reports.terminal.machine import machine_report

    machine = load_machine(choices)
    assert machine is not None
    if as_json:
        from twill.cli.plain import to_json

        emit_json(to_json(machine))
        return
    emit(machine_report(page_for(sys.stdout, no_color), machine))


def show_expert(name: str, as_json: bool, no_color: bool) -> None:
    """An expert's kernel as its file has it."""
    from twill.cli.output import emit, emit_json, page_for
    from twill.reports.terminal.expert import expert_report
    from twill.spec.expert import load_expert

    expert = load_expert(name)
    if as_json:
        from twill.cli.plain import to_json

        emit_json(to_json(expert))
        return
    emit(expert_report(page_for(sys.stdout, no_color), expert))


def show_loop(name: str, as_json: bool, no_color: bool) -> None:
    """A loop as it is written, before any machine."""
    from twill.cli.inputs import load_spec, refuse_unknown
    from twill.cli.output import emit, emit_json, page_for
    from twill.reports.terminal.loop import loop_report

    refuse_unknown(name)
    loop = load_spec(name)
    if as_json:
        from twill.cli.plain import to_json

        emit_json(to_json(loop))
        return
    emit(loop_report(page_for(sys.stdout, no_color), loop))


def show_problem(
    spec: str, choices: Choices, as_problem: bool, as_json: bool, no_color: bool
) -> None:
    """An elaborated problem with its costs, or its JSON."""
    from twill.cli.inputs import load_model
    from twill.cli.output import emit, emit_json, page_for
    from twill.formats import problem_to_json
    from twill.reports.terminal.elaborated import problem_report

    model = load_model(spec, choices)
    if as_problem:
        emit_json(problem_to_json(model.problem))
        return
    costs = model.elaboration.costs if model.elaboration else {}
    if as_json:
        from twill.cli.plain import to_json

        document = {"problem": problem_to_json(model.problem), "costs": to_json(costs)}
        emit_json(document)
        return
    page = page_for(sys.stdout, no_color)
    moves = model.elaboration.moves if model.elaboration else ()
    emit(problem_report(page, model.problem, model.context(), costs, moves))
