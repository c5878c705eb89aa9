"""A machine: units, memories and roles, each number with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from twill.machine import Machine, Quantity, RegisterModel, RoleModel
from twill.reports.notebook.markup import cell, drawn, ident, line, table
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import picture
from twill.reports.svg.glyphs import SANS, clip
from twill.text import visible

_SIZE, _WIDE, _HIGH, _GAP, _ACROSS = 760, 140, 44, 12, 5
_NUMBER = ("number", "value", "confidence", "source")


def machine_html(machine: Machine) -> str:
    """What it consists of as a picture, then its numbers and what their sources stand for."""
    shown = [*_units(machine), *_memories(machine), *_roles(machine.roles)]
    parts = [
        line(machine.name, f": {machine.title}"),
        drawn(machine_svg(machine)),
        table(_NUMBER, [_row(quantity) for quantity in shown]),
        table(("source", "what it is"), _citations(shown), "Sources"),
    ]
    return cell(*parts)


def machine_svg(machine: Machine) -> str:
    """Units and memories as boxes with what they hold or serve."""
    units = [
        (name, f"{unit.capacity}{', fluid' if unit.fluid else ''}")
        for name, unit in machine.units.items()
    ]
    memories = [(name, str(memory.capacity)) for name, memory in machine.memories.items()]
    parts, y = _boxes("units", units, 0)
    more, y = _boxes("memories", memories, y)
    told = ", ".join(f"{name} {amount}" for name, amount in units + memories)
    title = f"{visible(machine.name)}: units and memories"
    return picture(
        ident(machine.digest, machine.changes), title, visible(told), (_SIZE, y), parts + more, True
    )


def _boxes(title: str, things: Sequence[tuple[str, str]], y: float) -> tuple[list[Markup], float]:
    if not things:
        return [], y
    parts = [element("text", {"class": "b", "x": 2, "y": y + 14}, title)]
    y += 22
    for number, (name, amount) in enumerate(things):
        row, column = divmod(number, _ACROSS)
        parts.append(_box(name, amount, 2 + column * (_WIDE + _GAP), y + row * (_HIGH + _GAP)))
    return parts, y + ((len(things) - 1) // _ACROSS + 1) * (_HIGH + _GAP)


def _box(name: str, amount: str, x: float, y: float) -> Markup:
    shown = clip(visible(name), _WIDE - 12, 12)
    said = clip(visible(amount), _WIDE - 12, 11, SANS)
    ground: dict[str, Value] = {"class": "ground", "x": x, "y": y, "width": _WIDE, "height": _HIGH}
    return element(
        "g",
        {},
        element("title", {}, f"{visible(name)}: {visible(amount)}"),
        element("rect", ground),
        element("text", {"class": "m b", "x": x + 6, "y": y + 18}, shown),
        element("text", {"class": "s f", "x": x + 6, "y": y + 35}, said),
    )


def _units(machine: Machine) -> Iterator[Quantity]:
    yield from (q for q in (machine.clock_ghz, machine.sm_count) if q is not None)
    yield from (unit.capacity for unit in machine.units.values())


def _memories(machine: Machine) -> Iterator[Quantity]:
    for memory in machine.memories.values():
        yield from (q for q in (memory.capacity, memory.lanes, memory.cell_bytes) if q is not None)


def _roles(model: RoleModel | RegisterModel | None) -> Iterator[Quantity]:
    """The limits of roles, those of their registers among them."""
    if model is None:
        return
    for field in fields(model):
        value = getattr(model, field.name)
        if isinstance(value, RegisterModel):
            yield from _roles(value)
        elif isinstance(value, Quantity):
            yield value


def _row(quantity: Quantity) -> list[str]:
    return [quantity.name, str(quantity), quantity.confidence, quantity.source]


def _citations(shown: Sequence[Quantity]) -> list[list[str]]:
    return [[*pair] for pair in dict.fromkeys((q.source, q.citation) for q in shown if q.citation)]
