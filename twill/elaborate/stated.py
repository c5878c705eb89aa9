"""Do the costs that an author stated fit the machine? Units, amounts, memories."""

from __future__ import annotations

from collections.abc import Iterator

from twill.diagnostics import Diagnostic, unknown
from twill.loop import Loop, Operation
from twill.machine import Machine
from twill.problem import REGISTER


def check_stated(loop: Loop, machine: Machine) -> Iterator[Diagnostic]:
    """Everything in stated costs that the machine does not have."""
    for op in loop.operations:
        if op.cost is not None:
            yield from _units(loop, machine, op)
            yield from _memory(loop, machine, op)


def _units(loop: Loop, machine: Machine, op: Operation) -> Iterator[Diagnostic]:
    assert op.cost is not None
    for name, reserved in op.cost.reservations.items():
        path = ("operations", op.name, "cost", "units", name)
        if name not in machine.units:
            message = f"machine '{machine.name}': {unknown('unit', name, machine.units)}"
            help_ = f"its units are: {', '.join(machine.units)}" if ";" not in message else None
            yield loop.places.error(path, message, help_, key=True)
            continue
        capacity = machine.units[name].capacity.whole
        for index, reservation in enumerate(reserved):
            if reservation.amount > capacity:
                message = f"{op.name} takes {reservation.amount} of '{name}', which has {capacity}"
                yield loop.places.error((*path, index, 2), message)


def _memory(loop: Loop, machine: Machine, op: Operation) -> Iterator[Diagnostic]:
    assert op.cost is not None
    result = op.cost.result
    known = [REGISTER, *machine.memories]
    if result is not None and result.space not in known:
        path = ("operations", op.name, "cost", "result", "in")
        message = f"machine '{machine.name}': {unknown('memory', result.space, known)}"
        yield loop.places.error(path, message)
