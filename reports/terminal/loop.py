"""A loop as text: its parameters, inputs and operations, before any machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twill.loop import Loop, Operation
from twill.reports.terminal.layout import Cell, Column, fields, paragraph, table
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
    if loop.description:
        lines += paragraph(page, " ".join(loop.description.split()), style="dim")
    lines += [(), *fields(page, _summary(loop))]
    if loop.inputs:
        rows = [
            (Span(value.name, "name"), _tile(value.shape, loop), value.type, value.space or "-")
            for value in loop.inputs
        ]
        lines += [*heading(page, "Inputs", "the same in every iteration")]
        lines += table(page, _INPUTS, rows)
    lines += heading(page, "Operations", "one iteration; x@-1 is x of the iteration before")
    lines += table(page, _OPERATIONS, [_operation(op, loop) for op in loop.operations])
    return render(page, lines + _targets(page, loop))


def _summary(loop: Loop) -> list[tuple[str, str]]:
    rows = [("parameters", _pairs(loop.parameters) or "none")]
    if loop.subtile:
        rows.append(("sub-tiles", _pairs(loop.subtile)))
    rows.append(("iterations", f"{loop.trips}, nominal"))
    rows.append(("digest", loop.digest))
    return rows


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _tile(shape: Sequence[str], loop: Loop) -> str:
    """Dimensions with their sizes: ``M×N = 128×64``."""
    if not shape:
        return "-"
    sizes = [str(loop.parameters.get(name, "?")) for name in shape]
    return f"{'×'.join(shape)} = {'×'.join(sizes)}"


def _operation(op: Operation, loop: Loop) -> tuple[Cell, ...]:
    return (
        Span(op.name, "name"),
        ", ".join(op.functions) or op.kind,
        _tile(op.shape, loop),
        op.type or "-",
        ", ".join(str(operand.reference) for operand in op.operands) or "-",
        op.space or "-",
        _remarks(op),
    )


def _remarks(op: Operation) -> str:
    parts = []
    if op.contracted:
        parts.append(f"over {', '.join(op.contracted)}")
    if op.in_place is not None:
        parts.append(f"in place of {op.in_place}")
    if op.subtile:
        parts.append(f"sub-tiles {_pairs(op.subtile)}")
    if op.slots is not None:
        parts.append(f"{op.slots} slots")
    if op.adds:
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
            _pairs(target.subtile) or "-",
            str(target.warps or "-"),
        )
        for name, target in loop.targets.items()
    ]
    note = "defaults on these machines and those that extend them"
    return [*heading(page, "Machines", note), *table(page, _TARGETS, rows)]
