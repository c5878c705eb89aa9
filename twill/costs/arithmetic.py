"""Rounding, lookup and bookkeeping shared by the cost models.

Durations are rounded up to whole cycles, never down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import TypeVar

from twill.costs.requests import TYPE_BITS, CostLine, Unsupported
from twill.diagnostics import nearest
from twill.machine import Machine
from twill.problem import Reservation
from twill.quantity import Quantity

T = TypeVar("T")
Number = int | Fraction
BANDWIDTH = "B/cycle"
"""The unit of a capacity that is shared out in bytes rather than held whole."""


@dataclass(slots=True)
class Ledger:
    """The reservations of one operation as they come together, each with its arithmetic."""

    machine: Machine
    reservations: dict[str, tuple[Reservation, ...]] = field(default_factory=dict)
    lines: list[CostLine] = field(default_factory=list)

    def note(
        self,
        quantity: str,
        value: int,
        formula: str,
        *sources: Quantity | None,
        unit: str = "cycles",
    ) -> int:
        """Write a number down with its arithmetic and give it back."""
        used = tuple(source for source in sources if source is not None)
        self.lines.append(CostLine(quantity, value, unit, formula, used))
        return value

    def hold(self, unit: str, length: int, formula: str, *sources: Quantity | None) -> None:
        """Hold one of a unit for ``length`` cycles from the start."""
        self.note(f"{unit}.length", length, formula, *sources)
        self.reservations[unit] = (Reservation(0, length, 1),)

    def share(
        self, unit: str | None, length: int, work: Number, what: str, *sources: Quantity | None
    ) -> None:
        """Take what ``work`` needs of a unit, spread evenly over ``length`` cycles."""
        if unit is None or work == 0:
            return
        whole = self.machine.units[unit].capacity
        amount = min(whole.whole, ceil(Fraction(work) / length))
        formula = f"{text(work)} {what} / {length} cycles, of {whole.value:g}"
        self.note(f"{unit}.amount", amount, formula, *sources, unit=whole.unit)
        self.reservations[unit] = (Reservation(0, length, amount),)


def duration(work: Number, rate: Number) -> int:
    """Cycles for ``work`` at ``rate`` per cycle: rounded up, at least 1."""
    return max(1, ceil(Fraction(work) / Fraction(rate)))


def text(number: Number) -> str:
    """A number as a reader writes it."""
    value = float(number)
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def type_bits(dtype: str) -> int:
    """The width of an element type in bits."""
    return choose(TYPE_BITS, dtype, f"there is no element type '{dtype}'")


def choose(table: Mapping[str, T], name: str, message: str) -> T:
    """The entry of a table, or Unsupported with the nearest name or all there are."""
    if name in table:
        return table[name]
    close = nearest(name, table)
    there_is = f"there is: {', '.join(table)}" if table else None
    raise Unsupported(message, f"did you mean '{close}'? {there_is}" if close else there_is)


def warp_share(machine: Machine, warps: int) -> Fraction:
    """The part of the SM that ``warps`` warps reach: a warp sits on one sub-partition."""
    if machine.sub_partitions is None:
        return Fraction(1)
    parts = machine.sub_partitions.whole
    return Fraction(min(warps, parts), parts)


def instructions(count: int) -> str:
    """A number of instructions in words."""
    return f"{count} instruction{'s' if count != 1 else ''}"
