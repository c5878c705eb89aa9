"""The circuit of dependences that takes longest: step by step, with what it comes to."""

from __future__ import annotations

from twill.reports.tables.model import Cell, Column, Section, Table, Text, count, text
from twill.solver.bounds import Bound, Bounds
from twill.solver.circuits import Arc

TITLE = "Critical circuit"
NOTE = "the circuit of dependences that takes longest"

_COLUMNS = (
    Column("from", "from"),
    Column("to", "to"),
    Column("delay", "delay", ">"),
    Column("distance", "iterations", ">"),
    Column("why", "why", wrap=True),
)


def critical(bounds: Bounds) -> Bound | None:
    """The recurrence or ring circuit that allows the largest II, None without circuits."""
    circuits = [term for term in bounds.terms if term.arcs]
    return max(circuits, key=lambda term: term.ii, default=None)


def circuit_section(bounds: Bounds, ii: int | None) -> Section:
    """The section; ``ii`` of the schedule found. Empty where no circuit takes time."""
    if bounds.endless:
        words = f"Around this circuit every II is too small: {bounds.impossible}"
        table = Table("steps", _COLUMNS, tuple(_row(arc) for arc in bounds.endless))
        return Section("circuit", TITLE, NOTE, (Text(words, "bad"),), (table,))
    term = critical(bounds)
    if term is None:
        return Section("circuit", TITLE)
    table = Table("steps", _COLUMNS, tuple(_row(arc) for arc in term.arcs))
    words = f"{term.detail}: the II is at least {term.ii}. {_binds(term, ii)}"
    return Section("circuit", TITLE, NOTE, (Text(words),), (table,), ("graph",))


def _binds(term: Bound, ii: int | None) -> str:
    """What that comes to, beside the other bounds and the II found."""
    if not term.binding:
        return "It does not bind."
    if ii is None or ii == term.ii:
        return "It binds."
    return f"Nothing alone bounds the II more; all constraints together make it {ii}."


def _row(arc: Arc) -> tuple[Cell, ...]:
    return (
        text(arc.src, "name"),
        text(arc.dst, "name"),
        count(arc.delay),
        count(arc.distance),
        text(arc.why),
    )
