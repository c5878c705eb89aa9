"""What a report says about where a problem came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twill.reports.context import Context

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.elaborate import Elaboration
    from twill.machine import Machine


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
        machine=_name(machine) if machine else None,
        machine_digest=machine.digest if machine else "",
        clock_ghz=float(machine.clock_ghz.value) if machine and machine.clock_ghz else None,
        sm_count=machine.sm_count.whole if machine and machine.sm_count else None,
        flop=elaboration.work.get("flop"),
        tile=_tile(elaboration),
        interrupted=interrupted,
    )


def _name(machine: Machine) -> str:
    """A machine that was changed is never called by its bare name."""
    return " with ".join((machine.name, *machine.changes[:1])) + "".join(
        f", {change}" for change in machine.changes[1:]
    )


def _tile(elaboration: Elaboration) -> str:
    """The parameters and sub-tiles of an elaboration: "M = 128, N = 64, M in 2"."""
    parts = [f"{name} = {value}" for name, value in elaboration.parameters.items()]
    parts += [f"{name} in {count}" for name, count in elaboration.subtile.items() if count > 1]
    return ", ".join(parts)
