"""The roles: their warps and registers, and their ops in issue order."""

from __future__ import annotations

from twill.problem import REGISTER, Dependence, Op
from twill.reports.tables.model import Cell, Column, Table, Text, count, joined, nothing, text
from twill.reports.view import View
from twill.reports.words import quantity
from twill.storage import read_end

TITLE, NOTE = "Roles", "ops in issue order"
PLAIN_TITLE, PLAIN_NOTE = "Operations", "in the order of their cycle in the period"
STREAMING = "a streaming load runs ahead of its ring: its cycle is when its data must be there"

_COLUMNS = (
    Column("cycle", "cycle", ">"),
    Column("op", "op"),
    Column("issue", "issue", ">"),
    Column("units", "units"),
    Column("result", "result"),
    Column("waits_for", "waits for", wrap=True),
    Column("arrives_for", "arrives for", wrap=True, extra=True),
)


def role_tables(view: View) -> tuple[Table, ...]:
    """One table per role; a problem without roles has one table of all ops."""
    if not view.schedule.roles:
        return (_table(view, "ops", "", "", list(view.problem.ops)),)
    return tuple(
        _table(
            view,
            role.name,
            role.name,
            _about(view, role.name),
            [op for op in view.problem.ops if view.place(op.name).role == role.name],
        )
        for role in view.schedule.roles
    )


def streams(view: View) -> bool:
    """Whether there is a streaming load, whose cycle means something else."""
    return any(op.streaming for op in view.problem.ops)


def _about(view: View, name: str) -> str:
    role = next(role for role in view.schedule.roles if role.name == name)
    about = f"{role.warps} warp{'s' if role.warps != 1 else ''}"
    if role.registers is not None:
        held, phase = view.usage.pressure(name)
        overhead = view.problem.roles.registers.overhead if view.problem.roles else 0
        peak = f"{held} results" + (f" at cycle {phase}" if held else "")
        about += f", {role.registers} registers: {peak}, {overhead} overhead"
    return about


def _table(view: View, id: str, title: str, note: str, ops: list[Op]) -> Table:
    ordered = sorted(ops, key=lambda op: (view.place(op.name).slot, view.index[op.name]))
    return Table(id, _COLUMNS, tuple(_row(view, op) for op in ordered), title, note)


def _row(view: View, op: Op) -> tuple[Cell, ...]:
    units = ", ".join(name for name, uses in op.reservations.items() if uses)
    return (
        count(view.place(op.name).slot),
        text(view.label(op.name), "name"),
        count(op.issue),
        text(units) if units else nothing("-"),
        _result(view, op),
        _waits(view, op),
        _arrives(view, op),
    )


def _result(view: View, op: Op) -> Cell:
    if op.result is None:
        return nothing("-")
    size = op.result.size
    if op.result.space == REGISTER:
        return text(f"{size} register{'s' if size != 1 else ''}")
    unit = view.problem.memory[op.result.space].unit
    return text(f"{op.result.space} {quantity(size, unit)}")


def _waits(view: View, op: Op) -> Cell:
    """The results and freed slots that the op waits for, by the iteration they belong to."""
    parts: list[Text] = []
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
        parts += [Text(view.label(d.src, shift), "name"), Text(note + ", ")]
    if not parts:
        return nothing("-", "dim")
    last = parts[-1].text.removesuffix(", ")
    words = [*parts[:-1], *((Text(last),) if last else ())]
    return joined((Text("← ", "dim"), *words), "".join(part.text for part in words))


def _arrives(view: View, op: Op) -> Cell:
    """Whom the op tells that its result is there, and which slots it is the last to read."""
    parts: list[Text] = []
    readers = view.usage.handed_off.get(op.name, ())
    roles = dict.fromkeys(view.usage.role[d.dst] for d in readers)
    if roles:
        parts.append(Text(f"→ {', '.join(roles)}"))
    for value in _freed(view, op):
        parts += [Text("; frees " if parts else "frees "), value]
    return joined(parts) if parts else nothing("-", "dim")


def _freed(view: View, op: Op) -> list[Text]:
    """The handed-off values of which this op is the last reader on its role."""
    found = []
    for name, readers in view.usage.handed_off.items():
        mine = [d for d in readers if view.usage.role[d.dst] == view.usage.role[op.name]]
        last = max(mine, key=lambda d: _end_of_read(view, d), default=None)
        if last is not None and last.dst == op.name:
            shift = view.offset(op.name) - last.distance - view.offset(name)
            found.append(Text(view.label(name, shift), "name"))
    return found


def _end_of_read(view: View, read: Dependence) -> int:
    start = view.place(read.dst).start + read.distance * view.schedule.ii
    return start + read_end(view.problem, read)
