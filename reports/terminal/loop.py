"""A loop as text: its parameters, inputs and operations, before any machine."""

from __future__ import annotations

from collections.abc import Mapping

from twill.loop import Loop
from twill.reports.tables.loop import cuts, inputs_table, operations_table
from twill.reports.terminal.layout import Column, fields, shown, table
from twill.reports.terminal.page import Line, Page, Span, heading, render

_TARGETS = (Column("machine"), Column("parameters"), Column("sub-tiles"), Column("warps", ">"))


def loop_report(page: Page, loop: Loop) -> str:
    """The loop as it is written, with the sizes that its parameters give."""
    lines: list[Line] = [(Span(page.plain(loop.name), "bold"), Span(f"  {page.plain(loop.title)}"))]
    lines += [(), *fields(page, _summary(loop))]
    inputs, operations = inputs_table(loop), operations_table(loop)
    for data in (inputs, operations):
        if data.rows:
            lines += [*heading(page, data.title, data.note), *shown(page, data)]
    return render(page, lines + _targets(page, loop))


def _summary(loop: Loop) -> list[tuple[str, str]]:
    rows = [("parameters", _pairs(loop.parameters) or "none")]
    if loop.subtile:
        rows.append(("sub-tiles", cuts(loop.subtile)))
    rows.append(("iterations", f"{loop.trips}, nominal; a schedule may span {loop.stages}"))
    rows.append(("digest", loop.digest))
    return rows


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _targets(page: Page, loop: Loop) -> list[Line]:
    if not loop.targets:
        return []
    rows = [
        (
            Span(name, "name"),
            _pairs(target.parameters) or "-",
            cuts(target.subtile or {}) or "-",
            str(target.warps or "-"),
        )
        for name, target in loop.targets.items()
    ]
    note = "defaults on these machines and those that extend them"
    return [*heading(page, "Machines", note), *table(page, _TARGETS, rows)]
