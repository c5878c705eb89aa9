"""The loop as its author wrote it: what each operation computes of what."""

from __future__ import annotations

from collections.abc import Mapping

from twill.loop import Loop, Operation, Shape, reduced_dimensions, shapes_of
from twill.reports.content import Content
from twill.reports.tables.model import Cell, Column, Section, Table, Text, nothing, text

TITLE = "The loop"
NOTE = "one iteration; x@-1 is x of the iteration before"
INPUTS_NOTE = "the same in every iteration"

_INPUTS = (
    Column("input", "input"),
    Column("tile", "tile"),
    Column("type", "type"),
    Column("memory", "memory"),
)
_OPERATIONS = (
    Column("operation", "operation"),
    Column("kind", "kind"),
    Column("tile", "tile"),
    Column("type", "type"),
    Column("reads", "reads", wrap=True),
    Column("memory", "memory"),
    Column("remarks", "", wrap=True),
)


def loop_section(content: Content) -> Section:
    """The section; empty where the problem was given without its loop."""
    loop = content.loop
    if loop is None:
        return Section("loop", TITLE)
    said = [Text(loop.title)] + ([Text(loop.description)] if loop.description else [])
    tables = (inputs_table(loop), operations_table(loop))
    kept = tuple(table for table in tables if table.rows)
    return Section("loop", TITLE, paragraphs=tuple(said), tables=kept)


def inputs_table(loop: Loop) -> Table:
    """The loop-invariant tiles."""
    rows = tuple(
        (text(v.name, "name"), _tile(v.shape, loop), text(v.type), text(v.memory))
        for v in loop.inputs
    )
    return Table("inputs", _INPUTS, rows, "Inputs", INPUTS_NOTE)


def operations_table(loop: Loop) -> Table:
    """The operations of one iteration."""
    shapes = shapes_of(loop)
    rows = tuple(_operation(op, loop, shapes) for op in loop.operations)
    return Table("operations", _OPERATIONS, rows, "Operations", NOTE)


def _tile(shape: Shape, loop: Loop) -> Cell:
    """Dimensions with their sizes: ``M×N = 128×64``."""
    if not shape:
        return nothing("-")
    sizes = [str(loop.parameters.get(name, "?")) for name in shape]
    return text(f"{'×'.join(shape)} = {'×'.join(sizes)}")


def _operation(op: Operation, loop: Loop, shapes: Mapping[str, Shape]) -> tuple[Cell, ...]:
    reads = ", ".join(str(operand.reference) for operand in op.operands)
    return (
        text(op.name, "name"),
        text(op.function or op.kind),
        _tile(shapes.get(op.name, ()), loop),
        text(op.type) if shapes.get(op.name) else nothing("-"),
        text(reads) if reads else nothing("-"),
        text(op.memory) if op.memory else nothing("-"),
        text(_remarks(op, shapes)),
    )


def _remarks(op: Operation, shapes: Mapping[str, Shape]) -> str:
    parts = []
    over = reduced_dimensions(op, shapes)
    if over:
        parts.append(f"over {', '.join(over)}")
    if op.in_place is not None:
        parts.append(f"in place of {op.in_place}")
    if op.subtile:
        parts.append(f"cut {cuts(op.subtile)}")
    if op.reduce_add:
        parts.append("adds to memory")
    if op.cost is not None:
        parts.append("states its costs")
    return "; ".join(parts)


def cuts(subtile: Mapping[str, int]) -> str:
    """How dimensions are cut: ``M in 2``."""
    return ", ".join(f"{name} in {count}" for name, count in subtile.items())
