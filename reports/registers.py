"""Which values a role holds in registers over one period of the steady state."""

from __future__ import annotations

from dataclasses import dataclass

from twill.accounting import Arc
from twill.reports.view import View


@dataclass(frozen=True, slots=True)
class Holding:
    """Registers of one role over a period, value by value.

    ``cycles``: those at which something changes, from 0 on. ``values``: what each value
    takes from each of them on, every live instance counted.
    """

    role: str
    cycles: tuple[int, ...]
    values: dict[str, tuple[int, ...]]

    @property
    def total(self) -> tuple[int, ...]:
        """All values together."""
        return tuple(map(sum, zip(*self.values.values(), strict=True))) if self.values else ()


def holdings(view: View) -> list[Holding]:
    """The registers of every role that holds values, by the accounting of the schedule."""
    found = []
    if view.problem.roles is None:
        return []
    for role in view.schedule.roles:
        arcs = [arc for arc in view.usage.register_arcs if arc.role == role.name]
        if arcs:
            found.append(_holding(role.name, arcs, view.schedule.ii))
    return found


def _holding(role: str, arcs: list[Arc], ii: int) -> Holding:
    cycles = sorted({0, *(c % ii for arc in arcs for c in (arc.begin, arc.end))})
    values: dict[str, tuple[int, ...]] = {}
    for arc in arcs:
        held = tuple(arc.at(cycle, ii) for cycle in cycles)
        before = values.get(arc.value, (0,) * len(cycles))
        values[arc.value] = tuple(a + b for a, b in zip(before, held, strict=True))
    return Holding(role, tuple(cycles), values)
