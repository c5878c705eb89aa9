"""Rings, streaming loads, hand-offs: what is stored between operations, and how deep."""

from __future__ import annotations

from twill.accounting import ceil_div
from twill.problem import Op
from twill.reports.terminal.layout import Cell, Column, table
from twill.reports.terminal.page import Line, Page, Span, heading
from twill.reports.terminal.view import TerminalView
from twill.reports.words import quantity
from twill.schedule import BufferUse
from twill.storage import Buffer

_RINGS = (
    Column("buffer", wrap=True),
    Column("memory"),
    Column("slot", ">"),
    Column("depth", ">"),
    Column("total", ">"),
    Column("lifetime"),
)
_HANDOFFS = (
    Column("hand-off"),
    Column("from"),
    Column("to", wrap=True),
    Column("latency", ">"),
    Column("slot", ">"),
    Column("depth", ">"),
)


def storage_section(page: Page, view: TerminalView) -> list[Line]:
    """The section, without the parts that the problem does not have."""
    parts = [_rings(page, view), _streams(page, view), _handoffs(page, view)]
    parts = [part for part in parts if part]
    if not parts:
        return []
    lines = heading(page, "Buffers and hand-offs")
    for i, part in enumerate(parts):
        lines += [*([()] if i else []), *part]
    return lines


def _rings(page: Page, view: TerminalView) -> list[Line]:
    rows = [_ring(view, use) for use in view.schedule.buffers]
    return table(page, _RINGS, rows) if rows else []


def _ring(view: TerminalView, use: BufferUse) -> tuple[Cell, ...]:
    unit = view.problem.memory[use.memory].unit
    return (
        Span(" = ".join(use.values), "name"),
        use.memory,
        quantity(use.size, unit),
        str(use.depth),
        quantity(use.size * use.depth, unit),
        "accumulator, alive throughout" if use.accumulator else _lifetime(view, use),
    )


def _lifetime(view: TerminalView, use: BufferUse) -> str:
    ring = _buffer(view, use.name)
    return f"{view.usage.lifetime(ring)} cycles" if ring else "-"


def _buffer(view: TerminalView, name: str) -> Buffer | None:
    return next((ring for ring in view.usage.buffers if ring.name == name), None)


def _streams(page: Page, view: TerminalView) -> list[Line]:
    """For each streaming load the slots that would hide each of its latencies."""
    loads = [op for op in view.problem.ops if op.streaming and _buffer(view, op.name)]
    if not loads:
        return []
    names = list(dict.fromkeys(name for op in loads for name in op.latencies))
    columns = [
        Column("streaming load"),
        Column("held", ">"),
        Column("depth", ">"),
        *(Column(f"{name.replace('_', ' ')} latency", wrap=True) for name in names),
    ]
    return table(page, columns, [_stream(view, op, names) for op in loads])


def _stream(view: TerminalView, op: Op, names: list[str]) -> tuple[Cell, ...]:
    ring = _buffer(view, op.name)
    assert ring is not None
    held = view.usage.lifetime(ring) - op.latency
    depth = view.usage.depth(ring)
    cells: list[Cell] = [Span(op.name, "name"), f"{held} cycles", str(depth)]
    for name in names:
        latency = op.latencies.get(name)
        if latency is None:
            cells.append("-")
            continue
        need = max(1, ceil_div(latency + held, view.schedule.ii))
        cells.append(_need(view, ring, latency, need, depth))
    return tuple(cells)


def _need(view: TerminalView, ring: Buffer, latency: int, need: int, depth: int) -> Span:
    slots = f"{latency} needs {need}"
    if need <= depth:
        return Span(slots, "good")
    free = room(view, ring.memory)
    if (need - depth) * ring.size <= free:
        return Span(f"{slots}, would fit", "warn")
    return Span(f"{slots}, no room", "bad")


def room(view: TerminalView, memory: str) -> int:
    """What is left of a memory, in its unit."""
    used = sum(amount for _, amount in view.usage.memory_lines(memory))
    return view.problem.memory[memory].capacity - used


def _handoffs(page: Page, view: TerminalView) -> list[Line]:
    rows: list[tuple[Cell, ...]] = [
        (
            Span(use.value, "name"),
            use.src,
            ", ".join(use.dst),
            f"{use.latency} cycles",
            quantity(use.bytes, "bytes") if use.bytes else "-",
            str(use.depth),
        )
        for use in view.schedule.handoffs
    ]
    return table(page, _HANDOFFS, rows) if rows else []
