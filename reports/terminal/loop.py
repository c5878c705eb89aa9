"""A loop as text: its parameters, inputs and operations, before any machine."""

from __future__ import annotations

from collections.abc import Mapping

from twill.loop import Loop, Operation, Shape, reduced_dimensions, shapes_of
from twill.reports.terminal.layout import Cell, Column, fields, table
from twill.reports.terminal.page import Line, Page, Span, heading, render

_INPUTS = (Column("input"), Column("tile"), Column("type"), Column("memory"))
_OPERATIONS = (
    Column("operation"),
    Column("kind"),
    Column("tile"),
    Column("type"),
    Column("reads", wrap=True),
    Column("memory"),
    Column("", wrap=True),
)
_TARGETS = (Column("machine"), Column("parameters"), Column("sub-tiles"), Column("warps", ">"))


def loop_report(page: Page, loop: Loop) -> str:
    """The loop as it is written, with the sizes that its parameters give."""
    lines: list[Line] = [(Span(page.plain(loop.name), "bold"), Span(f"  {page.plain(loop.title)}"))]
    lines += [(), *fields(page, _summary(loop))]
    if loop.inputs:
        rows = [
            (Span(value.name, "name"), _tile(value.shape, loop), value.type, value.memory)
            for value in loop.inputs
        ]
        lines += [*heading(page, "Inputs", "the same in every iteration")]
        lines += table(page, _INPUTS, rows)
    lines += heading(page, "Operations", "one iteration; x@-1 is x of the iteration before")
    shapes = shapes_of(loop)
    lines += table(page, _OPERATIONS, [_operation(op, loop, shapes) for op in loop.operations])
    return render(page, lines + _targets(page, loop))


def _summary(loop: Loop) -> list[tuple[str, str]]:
    rows = [("parameters", _pairs(loop.parameters) or "none")]
    if loop.subtile:
        rows.append(("sub-tiles", _cuts(loop.subtile)))
    rows.append(("iterations", f"{loop.trips}, nominal; a schedule may span {loop.stages}"))
    rows.append(("digest", loop.digest))
    return rows


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _cuts(subtile: Mapping[str, int]) -> str:
    return ", ".join(f"{name} in {count}" for name, count in subtile.items())


def _tile(shape: Shape, loop: Loop) -> str:
    """Dimensions with their sizes: ``M×N = 128×64``."""
    if not shape:
        return "-"
    sizes = [str(loop.parameters.get(name, "?")) for name in shape]
    return f"{'×'.join(shape)} = {'×'.join(sizes)}"


def _operation(op: Operation, loop: Loop, shapes: Mapping[str, Shape]) -> tuple[Cell, ...]:
    return (
        Span(op.name, "name"),
        op.function or op.kind,
        _tile(shapes.get(op.name, ()), loop),
        op.type if shapes.get(op.name) else "-",
        ", ".join(str(operand.reference) for operand in op.operands) or "-",
        op.memory or "-",
        _remarks(op, shapes),
    )


def _remarks(op: Operation, shapes: Mapping[str, Shape]) -> str:
    parts = []
    over = reduced_dimensions(op, shapes)
    if over:
        parts.append(f"over {', '.join(over)}")
    if op.in_place is not None:
        parts.append(f"in place of {op.in_place}")
    if op.subtile:
        parts.append(f"cut {_cuts(op.subtile)}")
    if op.reduce_add:
        parts.append("adds to memory")
    if op.cost is not None:
        parts.append("states its costs")
    return "; ".join(parts)


def _targets(page: Page, loop: Loop) -> list[Line]:
    if not loop.targets:
        return []
    rows = [
        (
            Span(name, "name"),
            _pairs(target.parameters) or "-",
            _cuts(target.subtile or {}) or "-",
            str(target.warps or "-"),
        )
        for name, target in loop.targets.items()
    ]
    note = "defaults on these machines and those that extend them"
    return [*heading(page, "Machines", note), *table(page, _TARGETS, rows)]
