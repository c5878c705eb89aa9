"""A loop: its operations, and what they read."""

from __future__ import annotations

from twill.loop import Loop, Operation, Shape, shapes_of
from twill.reports.notebook.arcs import Item, Reading, arcs_svg
from twill.reports.notebook.markup import cell, drawn, ident, line, table


def loop_html(loop: Loop) -> str:
    """The title, who reads what as a picture, and the operations in program order."""
    sizes = ", ".join(f"{name} = {value}" for name, value in loop.parameters.items())
    cuts = "".join(f", {name} in {count}" for name, count in loop.subtile.items())
    shapes = shapes_of(loop)
    parts = [line(loop.name, f": {loop.title} ({sizes}{cuts})"), drawn(loop_svg(loop))]
    if loop.inputs:
        inputs = [[i.name, _tile(i.shape, loop), i.type, i.memory] for i in loop.inputs]
        parts.append(table(("input", "tile", "type", "memory"), inputs))
    columns = ("operation", "kind", "tile", "type", "reads", "memory")
    rows = [_row(op, loop, shapes[op.name]) for op in loop.operations]
    return cell(*parts, table(columns, rows))


def loop_svg(loop: Loop) -> str:
    """Who reads what, and of which iteration."""
    number = {op.name: i for i, op in enumerate(loop.operations)}
    shapes = shapes_of(loop)
    items = [
        Item(op.name, f"{op.function or op.kind}, {_tile(shapes[op.name], loop)}")
        for op in loop.operations
    ]
    readings = [
        Reading(number[o.reference.name], number[op.name], o.reference.distance)
        for op in loop.operations
        for o in op.operands
        if o.reference.name in number
    ]
    return arcs_svg(ident(loop.digest), f"What {loop.name} reads", items, readings)


def _row(op: Operation, loop: Loop, shape: Shape) -> list[str]:
    reads = ", ".join(str(operand.reference) for operand in op.operands) or "-"
    tile = _tile(shape, loop)
    kind = op.function or op.kind
    return [op.name, kind, tile, op.type if shape else "-", reads, op.memory or "-"]


def _tile(shape: Shape, loop: Loop) -> str:
    """Dimensions with their sizes: ``M×N = 128×64``."""
    if not shape:
        return "no tile"
    sizes = [str(loop.parameters.get(name, "?")) for name in shape]
    return f"{'×'.join(shape)} = {'×'.join(sizes)}"
