"""Copies: loads and stores of global memory, and moves between the memories of the SM."""

from __future__ import annotations

from math import ceil

from twill.costs.arithmetic import BANDWIDTH, Ledger, choose, duration, instructions
from twill.costs.requests import Load, Move, OpCost, Store, Unsupported
from twill.machine import CopyModel, Machine, MoveModel
from twill.quantity import Quantity


def load_cost(machine: Machine, request: Load) -> OpCost:
    """Cost of copying a tile from global memory."""
    model = machine.costs.load
    if model is None:
        raise Unsupported(f"machine '{machine.name}' has no loads from global memory")
    return _copy_cost(machine, model, request.bytes, request.memory, "load into")


def store_cost(machine: Machine, request: Store) -> OpCost:
    """Cost of copying a tile to global memory; its latency ends when the source is read."""
    models = machine.costs.store
    model = None
    if models is not None:
        model = models.reduce if request.reduce else models.plain
    if model is None:
        kind = "adding stores" if request.reduce else "stores"
        raise Unsupported(f"machine '{machine.name}' has no {kind} to global memory")
    return _copy_cost(machine, model, request.bytes, request.memory, "store from")


def move_cost(machine: Machine, request: Move) -> OpCost:
    """Cost of moving a tile between two memories of the SM."""
    model = _move_model(machine, request)
    warps = model.warps.whole
    if request.warps < warps:
        message = f"a move from {request.source} to {request.target} takes {warps} warps"
        raise Unsupported(f"{message}, not {request.warps}", f"use {warps} warps or more")
    ledger = Ledger(machine)
    length = _hold_path(ledger, model, request.bytes)
    return OpCost(
        reservations=ledger.reservations,
        issue=_move_issue(ledger, model, request.bytes, length),
        latency=_move_latency(ledger, model, request.bytes, length),
        occupancy=length,
        warps=request.warps,
        asynchronous=model.asynchronous,
        lines=tuple(ledger.lines),
    )


def _copy_cost(machine: Machine, model: CopyModel, size: int, memory: str, verb: str) -> OpCost:
    if memory not in model.memories:
        message = f"machine '{machine.name}' cannot {verb} {memory}"
        raise Unsupported(message, f"there is: {', '.join(model.memories)}")
    ledger = Ledger(machine)
    length = duration(size, model.rate.exact)
    ledger.hold(model.unit, length, f"{size} B / {model.rate}", model.rate)
    if model.port_weight is not None:
        carried = size * model.port_weight.exact
        what = f"B, {model.port_weight.value:g} of each byte,"
        ledger.share(model.port, length, carried, what, model.port_weight)
    issue = _copy_issue(ledger, model, size)
    latencies = {name: law.cycles(size) for name, law in model.latencies.items()}
    law = model.latencies[model.latency]
    formula = f"{law.formula(size)} ({model.latency})"
    latency = max(1, latencies[model.latency])
    return OpCost(
        reservations=ledger.reservations,
        issue=issue,
        latency=ledger.note("latency", latency, formula, *law.quantities()),
        occupancy=length,
        warps=model.warps.whole,
        asynchronous=model.asynchronous,
        variable_latency=model.variable_latency,
        streaming=model.streaming,
        latencies=latencies if len(latencies) > 1 else {},
        lines=tuple(ledger.lines),
    )


def _copy_issue(ledger: Ledger, model: CopyModel, size: int) -> int:
    count = _instructions(size, model.instruction_bytes)
    issue = max(1, ceil(count * model.issue.exact))
    formula = f"{instructions(count)} of up to {model.instruction_bytes} · {model.issue}"
    ledger.note("issue", issue, formula, model.issue, model.instruction_bytes)
    if model.issue_slots is not None:
        slots = count * model.issue_slots.exact
        unit = ledger.machine.issue_unit
        ledger.share(unit, issue, slots, "thread instructions", model.issue_slots)
    return issue


def _instructions(size: int, each: Quantity) -> int:
    return ceil(size / each.exact)


def _move_model(machine: Machine, request: Move) -> MoveModel:
    message = f"machine '{machine.name}' has no move from {request.source} to {request.target}"
    targets = choose(machine.costs.move or {}, request.source, message)
    return choose(targets, request.target, message)


def _hold_path(ledger: Ledger, model: MoveModel, size: int) -> int:
    """Hold the path: a bandwidth is shared out in bytes, any other unit is held whole."""
    length = duration(size, model.rate.exact)
    formula = f"{size} B / {model.rate}"
    if ledger.machine.units[model.unit].capacity.unit == BANDWIDTH:
        ledger.note(f"{model.unit}.length", length, formula, model.rate)
        ledger.share(model.unit, length, size, "B", model.rate)
    else:
        ledger.hold(model.unit, length, formula, model.rate)
    return length


def _move_issue(ledger: Ledger, model: MoveModel, size: int, length: int) -> int:
    if model.instruction_bytes is not None and model.issue is not None:
        count = _instructions(size, model.instruction_bytes)
        formula = f"{instructions(count)} of {model.instruction_bytes} · {model.issue}"
        cycles = max(1, ceil(count * model.issue.exact))
        return ledger.note("issue", cycles, formula, model.issue, model.instruction_bytes)
    if model.slot_bytes is not None:
        slots = size / model.slot_bytes.exact
        unit = ledger.machine.issue_unit
        ledger.share(unit, length, slots, "thread instructions", model.slot_bytes)
    return ledger.note("issue", length, "ordinary instructions: all of the time")


def _move_latency(ledger: Ledger, model: MoveModel, size: int, length: int) -> int:
    arrival, formula = model.latency.cycles(size), model.latency.formula(size)
    if arrival < length:
        arrival, formula = length, f"no less than the {length} cycles of the transfer"
    if model.fence is not None:
        formula += f" + {model.fence.value:g} for the fence"
        arrival += ceil(model.fence.exact)
    return ledger.note("latency", arrival, formula, *model.latency.quantities(), model.fence)
