"""Memory, registers, threads and barriers: used, of what there is."""

from __future__ import annotations

from twill.accounting import charged_warps, register_total
from twill.reports.terminal.layout import Cell, Column, bar, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading
from twill.reports.terminal.view import TerminalView
from twill.reports.words import number, percent, quantity

_COLUMNS = (
    Column(""),
    Column("used", ">"),
    Column("of", ">"),
    Column(""),
    Column("made up of", wrap=True),
)


def resources_section(page: Page, view: TerminalView) -> list[Line]:
    """The section; empty for a problem without memories and roles."""
    rows = [*_memories(page, view), *_role_rows(page, view)]
    lines = table(page, _COLUMNS, rows) if rows else []
    barriers = _barriers(view)
    if barriers:
        lines += paragraph(page, barriers)
    return [*heading(page, "Resources"), *lines] if lines else []


def _memories(page: Page, view: TerminalView) -> list[tuple[Cell, ...]]:
    rows = []
    for memory in view.problem.memories:
        parts = view.usage.memory_lines(memory.name)
        used = sum(amount for _, amount in parts)
        what = ", ".join(f"{name} {quantity(amount, memory.unit)}" for name, amount in parts)
        rows.append(
            _used(
                page,
                memory.name,
                used,
                memory.capacity,
                quantity(used, memory.unit),
                quantity(memory.capacity, memory.unit),
                what,
            )
        )
    return rows


def _role_rows(page: Page, view: TerminalView) -> list[tuple[Cell, ...]]:
    limits = view.problem.roles
    if limits is None:
        return []
    rows: list[tuple[Cell, ...]] = []
    roles = view.schedule.roles
    for role in roles:
        if role.registers is not None:
            held, _ = view.usage.pressure(role.name)
            overhead = limits.registers.overhead
            rows.append(
                _used(
                    page,
                    f"{role.name} registers",
                    held + overhead,
                    role.registers,
                    str(held + overhead),
                    str(role.registers),
                    f"{held} results, {overhead} overhead",
                )
            )
    if limits.register_file is not None:
        total = register_total(view.problem, [(r.warps, r.registers or 0) for r in roles])
        parts = [
            f"{charged_warps(view.problem, r.warps) * 32} × {r.registers}"
            for r in roles
            if r.registers is not None
        ]
        whole = limits.register_file
        what = " + ".join(parts) + " (threads × registers)"
        rows.append(_used(page, "register file", total, whole, number(total), number(whole), what))
    warps = sum(charged_warps(view.problem, role.warps) for role in roles)
    most = limits.max_warps
    rows.append(_used(page, "warps", warps, most, str(warps), str(most), ""))
    return rows


def _used(
    page: Page, name: str, used: int, whole: int, shown: str, total: str, what: str
) -> tuple[Cell, ...]:
    style = "bad" if used > whole else "dim"
    gauge = Span(f"{bar(used, whole, page.width // 10)} {percent(used, whole):>4}", style)
    return (Span(name, "name"), shown, total, gauge, what)


def _barriers(view: TerminalView) -> str:
    if view.problem.roles is None:
        return ""
    parts = []
    limit = view.problem.limits.named_barriers
    named = view.usage.named_barriers
    if limit is not None:
        parts.append(f"{named} of {limit} named barriers")
    elif named:
        parts.append(f"{named} named barriers")
    if view.usage.mbarriers:
        parts.append(f"{view.usage.mbarriers} mbarriers")
    return "barriers: " + ", ".join(parts) if parts else ""
