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


def circuit_section(bounds: Bounds) -> Section:
    """The section; empty where no circuit takes time."""
    if bounds.endless:
        words = f"Around this circuit every II is too small: {bounds.impossible}"
        table = Table("steps", _COLUMNS, tuple(_row(arc) for arc in bounds.endless))
        return Section("circuit", TITLE, NOTE, (Text(words, "bad"),), (table,))
    term = critical(bounds)
    if term is None:
        return Section("circuit", TITLE)
    table = Table("steps", _COLUMNS, tuple(_row(arc) for arc in term.arcs))
    binds = "It binds." if term.binding else "It does not bind."
    words = f"{term.detail}: the II is at least {term.ii}. {binds}"
    return Section("circuit", TITLE, NOTE, (Text(words),), (table,), ("graph",))


def _row(arc: Arc) -> tuple[Cell, ...]:
    return (
        text(arc.src, "name"),
        text(arc.dst, "name"),
        count(arc.delay),
        count(arc.distance),
        text(arc.why),
    )
