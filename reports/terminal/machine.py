"""A machine as text: what it has, and every number with its source."""

from __future__ import annotations

from collections.abc import Sequence

from twill.machine import Machine
from twill.quantity import Quantity
from twill.reports.tables.assumptions import CONFIDENCE
from twill.reports.terminal.layout import Cell, Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render

_NUMBERS = (
    Column("number"),
    Column("value"),
    Column("confidence"),
    Column("source"),
)


def machine_report(page: Page, machine: Machine) -> str:
    """The machine: summary, then its numbers and what the keys of their sources stand for."""
    lines: list[Line] = [(Span(machine.name, "bold"), Span(f"  {machine.title}"))]
    lines += fields(page, _summary(machine))
    lines += heading(page, "Numbers", f"{len(machine.quantities)}, each with its source")
    lines += _numbers(page, machine.quantities)
    return render(page, lines + sources(page, machine.quantities))


def _numbers(page: Page, quantities: Sequence[Quantity]) -> list[Line]:
    """A line for each number, its note below, under the part of the file that it belongs to."""
    head, *rows = table(page, _NUMBERS, [_row(quantity) for quantity in quantities])
    lines, group = [head], None
    for quantity, row in zip(quantities, rows, strict=True):
        if _group(quantity) != group:
            group = _group(quantity)
            lines.append((Span(f"  {page.plain(group)}", "bold"),))
        lines.append(row)
        if quantity.note:
            lines += paragraph(page, quantity.note, indent=8, style="dim")
    return lines


def _group(quantity: Quantity) -> str:
    """The part of the file that a number belongs to: its section, or the cost model."""
    *path, _ = quantity.name.split(".")
    return ".".join(path[: 3 if path[:1] == ["costs"] else 1]) or "whole machine"


def _row(quantity: Quantity) -> tuple[Cell, ...]:
    name = quantity.name.removeprefix(f"{_group(quantity)}.")
    style = CONFIDENCE[quantity.confidence]
    return (
        Span(f"  {name}", "name"),
        measure(quantity),
        Span(quantity.confidence, style),
        quantity.source,
    )


def _summary(machine: Machine) -> list[tuple[str, str]]:
    rows = []
    if machine.changes:
        rows.append(("what if", ", ".join(machine.changes)))
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


def measure(quantity: Quantity) -> str:
    """The value with its unit; a bare count has none."""
    return f"{amount(quantity)} {'' if quantity.unit == '1' else quantity.unit}".rstrip()


def sources(page: Page, quantities: Sequence[Quantity]) -> list[Line]:
    """What the keys of the sources stand for."""
    cited = dict(sorted(pair for quantity in quantities for pair in _cited(quantity)))
    lines = [
        line
        for key, citation in cited.items()
        for line in paragraph(page, f"{key}: {citation}", indent=2, hang=2)
    ]
    return [*heading(page, "Sources"), *lines] if lines else []


def _cited(quantity: Quantity) -> list[tuple[str, str]]:
    """The keys of a quantity's source with their citations, one by one where both are lists."""
    keys, citations = quantity.source.split(", "), quantity.citation.split("; ")
    if not quantity.citation:
        return []
    if len(keys) != len(citations):
        return [(quantity.source, quantity.citation)]
    return list(zip(keys, citations, strict=True))
