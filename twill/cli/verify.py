"""``twill verify``: check that a schedule is one of a problem."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from twill.cli.choices import Choices, model_options
from twill.cli.exits import EPILOG, Exit
from twill.cli.options import color_option, json_option

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.schedule import Schedule
    from twill.verify import Violation


@click.command("verify", short_help="Check a schedule against a problem.", epilog=EPILOG)
@click.argument("spec", metavar="SPEC|PROBLEM")
@click.argument("schedule")
@model_options
@json_option
@color_option
def verify_command(
    spec: str,
    schedule: str,
    choices: Choices,
    as_json: bool,
    no_color: bool,
) -> int:
    """Check SCHEDULE (a schedule.json) against a problem.json, or a SPEC and its machine.

    Every constraint is checked by arithmetic, without any solver; each one that is
    violated is named with the numbers of both sides.

    \b
    twill verify out/problem.json out/schedule.json
    twill verify gemm out/schedule.json --machine h100
    """  # fmt: skip
    from twill.cli.inputs import load_model, load_schedule
    from twill.cli.output import emit, emit_json, page_for

    model = load_model(spec, choices)
    found = load_schedule(schedule)
    violations = judge(model, found)
    if as_json:
        emit_json(_to_json(model, violations))
    else:
        from twill.reports.terminal.verification import verification

        page = page_for(sys.stdout, no_color)
        emit(verification(page, model.problem, found, violations))
    return Exit.UNVERIFIED if violations else Exit.OK


def judge(model: Model, schedule: Schedule) -> tuple[Violation, ...]:
    """Every violation; a schedule that names another problem is one too."""
    from twill.verify import Violation, verify

    violations = verify(model.problem, schedule)
    if schedule.problem_sha256 in ("", model.digest):
        return violations
    message = (
        f"the schedule is of problem {schedule.problem_sha256[:12]}, this is {model.digest[:12]}"
    )
    return (Violation("STATEMENT", message), *violations)


def _to_json(model: Model, violations: tuple[Violation, ...]) -> dict[str, object]:
    return {
        "schema": "twill/verification/v1",
        "problem_sha256": model.digest,
        "verified": not violations,
        "violations": [
            {"constraint": v.constraint, "message": v.message, "ops": list(v.ops)}
            for v in violations
        ],
    }
