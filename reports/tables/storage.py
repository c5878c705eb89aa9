"""Rings, streaming loads, hand-offs: what is stored between operations, and how deep."""

from __future__ import annotations

from twill.accounting import ceil_div
from twill.problem import Op
from twill.reports.tables.model import Cell, Column, Table, count, nothing, text
from twill.reports.view import View
from twill.reports.words import quantity
from twill.schedule import BufferUse
from twill.storage import Buffer

TITLE = "Buffers and hand-offs"

_RINGS = (
    Column("buffer", "buffer", wrap=True),
    Column("memory", "memory"),
    Column("slot", "slot", ">"),
    Column("depth", "depth", ">"),
    Column("total", "total", ">"),
    Column("lifetime", "lifetime"),
)
_HANDOFFS = (
    Column("value", "hand-off"),
    Column("from", "from"),
    Column("to", "to", wrap=True),
    Column("latency", "latency", ">"),
    Column("slot", "slot", ">"),
    Column("depth", "depth", ">"),
)


def storage_tables(view: View) -> tuple[Table, ...]:
    """The tables, without those of what the problem does not have."""
    found = (
        Table("rings", _RINGS, tuple(_ring(view, use) for use in view.schedule.buffers)),
        _streams(view),
        Table("handoffs", _HANDOFFS, _handoffs(view)),
    )
    return tuple(table for table in found if table.rows)


def _ring(view: View, use: BufferUse) -> tuple[Cell, ...]:
    unit = view.problem.memory[use.memory].unit
    return (
        text(" = ".join(use.values), "name"),
        text(use.memory),
        count(use.size, quantity(use.size, unit)),
        count(use.depth),
        count(use.size * use.depth, quantity(use.size * use.depth, unit)),
        text("accumulator, alive throughout") if use.accumulator else _lifetime(view, use),
    )


def _lifetime(view: View, use: BufferUse) -> Cell:
    ring = _buffer(view, use.name)
    if ring is None:
        return nothing("-")
    lifetime = view.usage.lifetime(ring)
    return count(lifetime, f"{lifetime} cycles")


def _buffer(view: View, name: str) -> Buffer | None:
    return next((ring for ring in view.usage.buffers if ring.name == name), None)


def _streams(view: View) -> Table:
    """For each streaming load the slots that would hide each of its latencies."""
    loads = [op for op in view.problem.ops if op.streaming and _buffer(view, op.name)]
    names = list(dict.fromkeys(name for op in loads for name in op.latencies))
    columns = (
        Column("load", "streaming load"),
        Column("held", "held", ">"),
        Column("depth", "depth", ">"),
        *(Column(name, f"{name.replace('_', ' ')} latency", wrap=True) for name in names),
    )
    return Table("streams", columns, tuple(_stream(view, op, names) for op in loads))


def _stream(view: View, op: Op, names: list[str]) -> tuple[Cell, ...]:
    ring = _buffer(view, op.name)
    assert ring is not None
    held = view.usage.lifetime(ring) - op.latency
    depth = view.usage.depth(ring)
    cells = [text(op.name, "name"), count(held, f"{held} cycles"), count(depth)]
    for name in names:
        latency = op.latencies.get(name)
        if latency is None:
            cells.append(nothing("-"))
            continue
        need = max(1, ceil_div(latency + held, view.schedule.ii))
        cells.append(_need(view, ring, latency, need, depth))
    return tuple(cells)


def _need(view: View, ring: Buffer, latency: int, need: int, depth: int) -> Cell:
    slots = f"{latency} needs {need}"
    if need <= depth:
        return count(need, slots, "good")
    free = room(view, ring.memory)
    if (need - depth) * ring.size <= free:
        return count(need, f"{slots}, would fit", "warn")
    return count(need, f"{slots}, no room", "bad")


def room(view: View, memory: str) -> int:
    """What is left of a memory, in its unit."""
    used = sum(amount for _, amount in view.usage.memory_lines(memory))
    return view.problem.memory[memory].capacity - used


def _handoffs(view: View) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            text(use.value, "name"),
            text(use.src),
            text(", ".join(use.dst)),
            count(use.latency, f"{use.latency} cycles"),
            count(use.bytes, quantity(use.bytes, "bytes") if use.bytes else "-"),
            count(use.depth),
        )
        for use in view.schedule.handoffs
    )
