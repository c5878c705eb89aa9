"""Ordinary instructions on tiles in registers: elementwise functions, reductions, conversions.

They keep their role's instruction stream busy for as long as they hold their lanes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from twill.costs.arithmetic import Ledger, choose, duration, warp_share
from twill.costs.requests import Conversion, Elementwise, OpCost, Reduction, Unsupported
from twill.machine import ElementwiseModel, LaneRate, Machine
from twill.quantity import Quantity


@dataclass(frozen=True, slots=True)
class _Work:
    """A pass over ``elements`` by ``warps`` warps on the lanes of ``unit``."""

    elements: int
    warps: int
    unit: str
    rate: LaneRate
    latencies: tuple[Quantity, ...]

    @property
    def slots(self) -> Fraction:
        return self.elements * self.rate.issue_per_element.exact


def elementwise_cost(machine: Machine, request: Elementwise) -> OpCost:
    """Cost of a function of each element."""
    model = _elementwise_model(machine, request.function)
    message = f"machine '{machine.name}' does not compute '{request.function}' in {request.dtype}"
    rate = choose(model.types, request.dtype, message)
    work = _Work(request.elements, request.warps, model.unit, rate, (model.latency,))
    return _pass_cost(machine, work)


def reduction_cost(machine: Machine, request: Reduction) -> OpCost:
    """Cost of a row-wise reduction: a pass over the elements, then an exchange between lanes."""
    message = f"machine '{machine.name}' has no row reduction '{request.function}'"
    model = choose(machine.costs.reduction or {}, request.function, message)
    rate = choose(model.types, request.dtype, f"{message} in {request.dtype}")
    latencies = (model.latency, model.row_latency)
    return _pass_cost(machine, _Work(request.elements, request.warps, model.unit, rate, latencies))


def conversion_cost(machine: Machine, request: Conversion) -> OpCost:
    """Cost of converting each element."""
    model = machine.costs.conversion
    if model is None:
        raise Unsupported(f"machine '{machine.name}' has no type conversions")
    message = f"machine '{machine.name}' has no conversion from {request.source_type}"
    targets = choose(model.types, request.source_type, message)
    rate = choose(targets, request.target_type, f"{message} to {request.target_type}")
    work = _Work(request.elements, request.warps, model.unit, rate, (model.latency,))
    return _pass_cost(machine, work)


def _elementwise_model(machine: Machine, function: str) -> ElementwiseModel:
    models = (machine.costs.elementwise or {}).values()
    table = {name: model for model in models for name in model.functions}
    return choose(table, function, f"machine '{machine.name}' has no unit for '{function}'")


def _pass_cost(machine: Machine, work: _Work) -> OpCost:
    ledger = Ledger(machine)
    length = _hold_lanes(ledger, work)
    slots = "thread instructions"
    ledger.share(machine.issue_unit, length, work.slots, slots, work.rate.issue_per_element)
    pipeline = ceil(sum((latency.exact for latency in work.latencies), Fraction(0)))
    terms = " + ".join(f"{latency.value:g}" for latency in work.latencies)
    latency = ledger.note("latency", length + pipeline, f"{length} + {terms}", *work.latencies)
    return OpCost(
        reservations=ledger.reservations,
        issue=ledger.note("issue", length, "ordinary instructions: all of the time"),
        latency=latency,
        occupancy=length,
        warps=work.warps,
        lines=tuple(ledger.lines),
    )


def _hold_lanes(ledger: Ledger, work: _Work) -> int:
    """Hold the lanes for as long as the pass takes, or its issue slots where they take longer."""
    machine = ledger.machine
    part = warp_share(machine, work.warps)
    reach = "" if part == 1 else f" · {part} (the sub-partitions of {work.warps} warps)"
    length = duration(work.elements, work.rate.rate.exact * part)
    formula = f"{work.elements} elements / {work.rate.rate}{reach}"
    if machine.issue_unit is not None:
        port = machine.units[machine.issue_unit].capacity
        issuing = duration(work.slots, port.exact * part)
        if issuing > length:
            length, formula = issuing, f"{work.slots} thread instructions / {port}{reach}"
    ledger.hold(work.unit, length, formula, work.rate.rate)
    return length
