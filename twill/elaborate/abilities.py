"""What a machine must have for an operation to run at all."""

from __future__ import annotations

from collections.abc import Iterator

from twill.diagnostics import Diagnostic, unknown
from twill.loop import Loop, Operation
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


def lacking(loop: Loop, machine: Machine, op: Operation) -> Iterator[Diagnostic]:
    """What an operation needs and the machine does not have."""
    if op.cost is not None or op.kind not in _NEEDS:
        return
    section, words = _NEEDS[op.kind]
    path = ("operations", op.name)
    if not getattr(machine.costs, section):
        message = f"{op.name}: machine '{machine.name}' has no {words}"
        help_ = (
            f"choose a machine with 'costs: {section}:', or state the cost of {op.name} ('cost:')"
        )
        yield loop.places.error(path, message, help_, key=True)
    elif op.kind == "elementwise":
        models = (machine.costs.elementwise or {}).values()
        functions = [name for model in models for name in model.functions]
        if op.function not in functions:
            message = unknown("function", str(op.function), functions)
            help_ = f"machine '{machine.name}' computes: {', '.join(functions)}"
            yield loop.places.error((*path, "function"), message, help_)
