"""Memory, registers, threads and barriers: used, of what there is."""

from __future__ import annotations

from twill.accounting import charged_warps, register_total
from twill.reports.tables.model import Cell, Column, Table, count, gauge, text
from twill.reports.view import View
from twill.reports.words import number, quantity

TITLE = "Resources"

COLUMNS = (
    Column("resource", ""),
    Column("used", "used", ">"),
    Column("of", "of", ">"),
    Column("share", ""),
    Column("parts", "made up of", wrap=True),
)


def memory_table(view: View) -> Table:
    """A row for each memory."""
    rows = []
    for memory in view.problem.memories:
        parts = view.usage.memory_lines(memory.name)
        used = sum(amount for _, amount in parts)
        what = ", ".join(f"{name} {quantity(amount, memory.unit)}" for name, amount in parts)
        shown = quantity(used, memory.unit), quantity(memory.capacity, memory.unit)
        rows.append(_used(memory.name, (used, memory.capacity), shown, what))
    return Table("memories", COLUMNS, tuple(rows))


def register_table(view: View) -> Table:
    """A row for each role with a budget, for the register file and for the warps."""
    limits = view.problem.roles
    if limits is None:
        return Table("registers", COLUMNS, ())
    roles = view.schedule.roles
    rows: list[tuple[Cell, ...]] = []
    overhead = limits.registers.overhead
    for role in roles:
        if role.registers is not None:
            held, _ = view.usage.pressure(role.name)
            used = held + overhead
            what = f"{held} results, {overhead} overhead"
            shown = str(used), str(role.registers)
            rows.append(_used(f"{role.name} registers", (used, role.registers), shown, what))
    if limits.register_file is not None:
        total = register_total(view.problem, [(r.warps, r.registers or 0) for r in roles])
        parts = [
            f"{charged_warps(view.problem, r.warps) * 32} × {r.registers}"
            for r in roles
            if r.registers is not None
        ]
        whole = limits.register_file
        what = " + ".join(parts) + " (threads × registers)"
        rows.append(_used("register file", (total, whole), (number(total), number(whole)), what))
    warps = sum(charged_warps(view.problem, role.warps) for role in roles)
    most = limits.max_warps
    rows.append(_used("warps", (warps, most), (str(warps), str(most)), ""))
    return Table("registers", COLUMNS, tuple(rows))


def _used(
    name: str, amounts: tuple[int, int], shown: tuple[str, str], what: str
) -> tuple[Cell, ...]:
    used, whole = amounts
    return (
        text(name, "name"),
        count(used, shown[0]),
        count(whole, shown[1]),
        gauge(used, whole, "bad" if used > whole else "dim"),
        text(what),
    )


def barriers(view: View) -> str:
    """The synchronisation that the hand-offs and rings take, in words; empty without any."""
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
