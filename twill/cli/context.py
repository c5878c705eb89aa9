"""What a report says about where a problem came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twill.reports.terminal.context import Context

if TYPE_CHECKING:
    from twill.cli.inputs import Model


def context_of(model: Model, interrupted: bool) -> Context:
    """Names, digests and the speed of the machine, as far as they are known."""
    elaboration = model.elaboration
    if elaboration is None:
        return Context(problem_digest=model.digest, interrupted=interrupted)
    machine = elaboration.machine
    return Context(
        problem_digest=model.digest,
        spec=elaboration.loop.name,
        spec_digest=elaboration.loop.digest,
        machine=machine.name if machine else None,
        machine_digest=machine.digest if machine else "",
        clock_ghz=float(machine.clock_ghz.value) if machine and machine.clock_ghz else None,
        sm_count=machine.sm_count.whole if machine and machine.sm_count else None,
        flop=elaboration.work.get("flop"),
        interrupted=interrupted,
    )
