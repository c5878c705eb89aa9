"""A schedule by itself: its roles and operations. What they cost is in the problem, not in it."""

from __future__ import annotations

from twill.reports.notebook.markup import cell, drawn, ident, line, note, table
from twill.reports.notebook.starts import starts_svg
from twill.reports.svg.element import Markup
from twill.reports.words import number
from twill.schedule import Role, Schedule
from twill.text import visible

_MORE = (
    "twill.reports.view.View(problem, schedule) shows how long units and roles are busy, too; "
    "a schedule alone knows when operations start."
)


def schedule_html(schedule: Schedule) -> str:
    """The II, the starts of a period as a picture, roles with their operations, buffers."""
    parts = [headline(schedule), drawn(schedule_svg(schedule)), operations(schedule)]
    if schedule.buffers:
        parts.append(_buffers(schedule))
    return cell(*parts, note(_MORE))


def schedule_svg(schedule: Schedule) -> str:
    """When in the period each operation starts, role by role."""
    return starts_svg(schedule, ident(schedule))


def headline(schedule: Schedule) -> Markup:
    """The II and what is known about it."""
    stages = f"{schedule.stages} stage{'s' if schedule.stages != 1 else ''}"
    rest = f", {schedule.status} ({schedule.proof}); {stages}, {schedule.length} cycles long"
    return line(f"II {schedule.ii} cycles", rest)


def operations(schedule: Schedule) -> Markup:
    """The operations of each role in issue order."""
    role = {r.name: _width(r) for r in schedule.roles}
    order = [*role, None]
    placed = sorted(
        schedule.ops.items(),
        key=lambda item: (order.index(item[1].role), item[1].slot, item[1].stage),
    )
    rows: list[list[str | int]] = []
    said: set[str | None] = set()
    for name, place in placed:
        first = place.role is not None and place.role not in said
        said.add(place.role)
        told = f"{place.role}: {role[place.role]}" if first and place.role else ""
        rows.append([told, place.slot, place.stage, name])
    return table(("role", "cycle", "stage", "op"), rows)


def _width(role: Role) -> str:
    registers = f", {role.registers} registers" if role.registers is not None else ""
    return f"{role.warps} warp{'s' if role.warps != 1 else ''}{registers}"


def _buffers(schedule: Schedule) -> Markup:
    rows: list[list[str | int]] = [
        [b.name, b.memory, b.depth, number(b.size), ", ".join(map(visible, b.values))]
        for b in schedule.buffers
    ]
    return table(("buffer", "memory", "slots", "size of one, in its unit", "values"), rows)
