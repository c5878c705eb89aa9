"""What a machine must have for an operation to run at all."""

from __future__ import annotations

from twill.loop import Operation
from twill.machine import Machine

_NEEDS = {
    "mma": ("matrix", "matrix multiply"),
    "load": ("load", "loads from global memory"),
    "store": ("store", "stores to global memory"),
    "reduce": ("reduction", "row reductions"),
    "convert": ("conversion", "type conversions"),
    "move": ("move", "moves between memories"),
    "elementwise": ("elementwise", "elementwise arithmetic"),
    "exp2": ("elementwise", "elementwise arithmetic"),
    "rescale": ("elementwise", "elementwise arithmetic"),
}


def lacking(machine: Machine, op: Operation) -> tuple[str, str] | None:
    """What is missing on the machine for an operation and the way out, None if nothing is."""
    if op.cost is not None or op.kind not in _NEEDS:
        return None
    section, words = _NEEDS[op.kind]
    if getattr(machine.costs, section):
        return None
    message = f"{op.name}: machine '{machine.name}' has no {words}"
    help_ = f"choose a machine with 'costs: {section}:', or state the cost of {op.name} ('cost:')"
    return message, help_
