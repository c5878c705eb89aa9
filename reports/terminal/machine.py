"""A machine as text: what it has, and every number with its source."""

from __future__ import annotations

from collections.abc import Sequence

from twill.machine import Machine, Quantity
from twill.reports.terminal.layout import Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render

_NUMBERS = (
    Column("number"),
    Column("value", ">"),
    Column("unit"),
    Column("confidence"),
    Column("source", wrap=True),
)
CONFIDENCE = {
    "documented": "good",
    "microbenchmarked": "good",
    "derived": "",
    "estimated": "warn",
}


def machine_report(page: Page, machine: Machine) -> str:
    """The machine: summary, then its numbers and what the keys of their sources stand for."""
    lines: list[Line] = [(Span(machine.name, "bold"), Span(f"  {machine.title}"))]
    lines += fields(page, _summary(machine))
    lines += heading(page, "Numbers", f"{len(machine.quantities)}, each with its source")
    rows = [
        (
            Span(quantity.name, "name"),
            amount(quantity),
            quantity.unit,
            Span(quantity.confidence, CONFIDENCE[quantity.confidence]),
            "; ".join(part for part in (quantity.source, quantity.note) if part),
        )
        for quantity in machine.quantities
    ]
    lines += table(page, _NUMBERS, rows)
    return render(page, lines + sources(page, machine.quantities))


def _summary(machine: Machine) -> list[tuple[str, str]]:
    rows = []
    if len(machine.lineage) > 1:
        rows.append(("extends", " > ".join(machine.lineage[1:])))
    if machine.sm_count and machine.clock_ghz:
        rows.append(("size", f"{amount(machine.sm_count)} SMs at {amount(machine.clock_ghz)} GHz"))
    units = [f"{name} {amount(unit.capacity)}" for name, unit in machine.units.items()]
    rows.append(("units", ", ".join(units)))
    memories = [f"{name} {memory.capacity}" for name, memory in machine.memories.items()]
    if memories:
        rows.append(("memories", ", ".join(memories)))
    roles = machine.roles
    if roles is not None:
        registers = roles.registers
        text = (
            f"at most {roles.max_roles.whole} with {roles.max_warps.whole} warps, "
            f"{roles.register_file.whole} registers, {registers.min.whole} to "
            f"{registers.max.whole} per thread in steps of {registers.step.whole}"
        )
        rows.append(("roles", text))
    rows.append(("digest", machine.digest))
    return rows


def amount(quantity: Quantity) -> str:
    """The value as it was written, without its unit."""
    return f"{quantity.value:.12g}"


def sources(page: Page, quantities: Sequence[Quantity]) -> list[Line]:
    """What the keys of the sources stand for."""
    cited = dict.fromkeys((q.source, q.citation) for q in quantities if q.citation)
    if not cited:
        return []
    lines = heading(page, "Sources")
    for key, citation in cited:
        lines += paragraph(page, f"{key}: {citation}", indent=2, hang=2)
    return lines
