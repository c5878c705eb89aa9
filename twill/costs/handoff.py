"""What it costs when a value crosses roles, or when a role waits for an asynchronous result."""

from __future__ import annotations

from math import ceil

from twill.costs.arithmetic import Ledger
from twill.costs.requests import CostLine
from twill.machine import Machine, SynchronisationModel
from twill.problem import REGISTER, Handoff
from twill.quantity import Quantity


def handoff_cost(
    machine: Machine, space: str, size: int, asynchronous: bool, warps: int
) -> tuple[Handoff, tuple[CostLine, ...]]:
    """Hand-off of a result of ``size`` bytes in ``space``, computed by ``warps`` warps.

    A value in registers is staged through the hand-off memory and a named barrier; a value
    in memory stays where it is and an mbarrier announces it; the arrival of an
    asynchronous result in memory is already part of its latency. A machine without
    barriers between roles only waits for asynchronous results.
    """
    model = machine.costs.synchronisation
    ledger = Ledger(machine)
    if model is None:
        return Handoff(), ()
    if space == REGISTER:
        handoff = _staged(ledger, model, size, asynchronous, warps)
    else:
        handoff = _announced(ledger, model, asynchronous)
    return handoff, tuple(ledger.lines)


def _staged(
    ledger: Ledger, model: SynchronisationModel, size: int, asynchronous: bool, warps: int
) -> Handoff:
    """Hand-off of a result in registers, and the wait for it on its own role."""
    wait = _wait(ledger, model.register_wait) if asynchronous else 0
    law, barrier = model.staging, model.named_barrier
    if law is None or barrier is None:
        return Handoff(issue_wait=wait)
    latency = law.cycles(size)
    formula = f"{law.formula(size)}, staged by {warps} warps"
    ledger.note("handoff.latency", latency, formula, *law.quantities())
    send = _stream(ledger, "handoff.issue_send", model, barrier.arrive, size)
    receive = _stream(ledger, "handoff.issue_receive", model, barrier.wait, size)
    return Handoff(
        latency=latency,
        bytes=_staging_bytes(ledger, model, size),
        issue_send=send,
        issue_receive=receive,
        named_barriers=_per_slot(ledger, model, "handoff.named_barriers"),
        issue_wait=wait,
    )


def _announced(ledger: Ledger, model: SynchronisationModel, asynchronous: bool) -> Handoff:
    """A result in memory."""
    barrier = model.mbarrier
    if barrier is None:
        wait = _wait(ledger, model.memory_wait) if asynchronous else 0
        return Handoff(issue_receive=wait, issue_wait=wait)
    slots = _per_slot(ledger, model, "handoff.mbarriers")
    receive = _whole(ledger, "handoff.issue_receive", barrier.wait)
    if asynchronous:
        wait = _wait(ledger, barrier.wait)
        return Handoff(issue_receive=receive, mbarriers=slots, issue_wait=wait)
    return Handoff(
        latency=_whole(ledger, "handoff.latency", barrier.one_way),
        issue_send=_whole(ledger, "handoff.issue_send", barrier.arrive),
        issue_receive=receive,
        mbarriers=slots,
    )


def _stream(
    ledger: Ledger, name: str, model: SynchronisationModel, barrier: Quantity, size: int
) -> int:
    """Cycles of one stream: its barrier operation and its half of the staging."""
    law = model.staging_stream
    copying = law.cycles(size) if law else 0
    formula = f"{barrier.value:g} + {law.formula(size)}" if law else str(barrier)
    laws = law.quantities() if law else ()
    return ledger.note(name, ceil(barrier.exact) + copying, formula, barrier, *laws)


def _staging_bytes(ledger: Ledger, model: SynchronisationModel, size: int) -> int:
    multiple = model.staging_bytes_multiple
    step = multiple.whole if multiple else 1
    total = -(-size // step) * step
    formula = f"{size} B in multiples of {step}"
    return ledger.note("handoff.bytes", total, formula, multiple, unit="bytes")


def _per_slot(ledger: Ledger, model: SynchronisationModel, name: str) -> int:
    quantity = model.barriers_per_slot
    return _whole(ledger, name, quantity, "per slot") if quantity else 0


def _wait(ledger: Ledger, quantity: Quantity | None) -> int:
    return _whole(ledger, "handoff.issue_wait", quantity) if quantity else 0


def _whole(ledger: Ledger, name: str, quantity: Quantity, unit: str = "cycles") -> int:
    return ledger.note(name, ceil(quantity.exact), str(quantity), quantity, unit=unit)
