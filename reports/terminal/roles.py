"""The roles: their warps and registers, and their ops in issue order."""

from __future__ import annotations

from twill.problem import REGISTER, Op
from twill.reports.terminal.layout import Cell, Column, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, fit, heading
from twill.reports.terminal.view import TerminalView
from twill.reports.words import quantity

_COLUMNS = (
    Column("cycle", ">"),
    Column("op"),
    Column("issue", ">"),
    Column("units"),
    Column("result"),
    Column("waits for", wrap=True),
)


def roles_section(page: Page, view: TerminalView) -> list[Line]:
    """One table per role; a problem without roles has one table of all ops."""
    if not view.schedule.roles:
        lines = heading(page, "Operations", "in the order of their cycle in the period")
        return lines + _table(page, view, list(view.problem.ops))
    lines = heading(page, "Roles", "ops in issue order")
    for role in view.schedule.roles:
        ops = [op for op in view.problem.ops if view.place(op.name).role == role.name]
        lines += [_title(page, view, role.name), *_table(page, view, ops), ()]
    if any(op.streaming for op in view.problem.ops):
        note = "a streaming load runs ahead of its ring: its cycle is when its data must be there"
        return lines + paragraph(page, note, style="dim")
    return lines[:-1]


def _title(page: Page, view: TerminalView, name: str) -> Line:
    role = next(role for role in view.schedule.roles if role.name == name)
    text = f"  {role.warps} warp{'s' if role.warps != 1 else ''}"
    if role.registers is not None:
        held, phase = view.usage.pressure(name)
        overhead = view.problem.roles.registers.overhead if view.problem.roles else 0
        peak = f"{held} results" + (f" at cycle {phase}" if held else "")
        text += f", {role.registers} registers: {peak}, {overhead} overhead"
    return fit((Span("  "), Span(page.plain(name), "bold name"), Span(text)), page.width)


def _table(page: Page, view: TerminalView, ops: list[Op]) -> list[Line]:
    ordered = sorted(ops, key=lambda op: (view.place(op.name).slot, view.index[op.name]))
    return table(page, _COLUMNS, [_row(view, op) for op in ordered], indent=4)


def _row(view: TerminalView, op: Op) -> tuple[Cell, ...]:
    return (
        str(view.place(op.name).slot),
        view.mark(op.name),
        str(op.issue),
        ", ".join(name for name, uses in op.reservations.items() if uses) or "-",
        _result(view, op),
        _waits(view, op),
    )


def _result(view: TerminalView, op: Op) -> str:
    if op.result is None:
        return "-"
    size = op.result.size
    if op.result.space == REGISTER:
        return f"{size} register{'s' if size != 1 else ''}"
    unit = view.problem.memory[op.result.space].unit
    return f"{op.result.space} {quantity(size, unit)}"


def _waits(view: TerminalView, op: Op) -> tuple[Span, ...]:
    """The results and freed slots that the op waits for, by the iteration they belong to."""
    spans: list[Span] = []
    seen: set[tuple[str, int, bool]] = set()
    for d in view.usage.dependences:
        if d.dst != op.name or not (d.blocking or view.usage.crosses(d)):
            continue
        frees = d.kind != "flow"
        shift = view.offset(op.name) - d.distance - view.offset(d.src)
        if (d.src, shift, frees) in seen:
            continue
        seen.add((d.src, shift, frees))
        note = " to finish" if frees else ""
        spans += [view.mark(d.src, shift), Span(note + ", ")]
    if not spans:
        return (Span("-", "dim"),)
    last = spans[-1].text.removesuffix(", ")
    return (Span("← ", "dim"), *spans[:-1], *((Span(last),) if last else ()))
