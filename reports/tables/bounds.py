"""What II each unit, recurrence, ring and role alone would allow."""

from __future__ import annotations

from twill.reports.bounds import bound_name, distinct_bounds
from twill.reports.tables.model import Cell, Column, Table, Text, count, gauge, joined, text
from twill.solver.bounds import Bound, Bounds

TITLE, NOTE = "Bounds", "the II that each one alone would allow"
NO_BOUND = "nothing bounds it: no unit is reserved, no circuit takes time"

_SHOWN = 6
_DETAIL = 120
_COLUMNS = (
    Column("ii", "II", ">"),
    Column("binding", ""),
    Column("share", "of the period"),
    Column("bound", "bound by", wrap=True),
    Column("arithmetic", "arithmetic", wrap=True),
)


def bounds_table(bounds: Bounds, ii: int | None) -> Table | None:
    """The table, highest bound first; ``ii``: the II of the schedule found, if there is one.

    None where nothing bounds the II. Every unit is in it; of the others those that bind most.
    """
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    hidden = 0
    for kind in ("resource", "recurrence", "buffer", "role"):
        terms = distinct_bounds([term for term in bounds.terms if term.kind == kind])
        shown = terms if kind == "resource" else terms[:_SHOWN]
        hidden += len(terms) - len(shown)
        rows += [(term.ii, _row(term, like, ii or bounds.ii or 1)) for term, like in shown]
    if not rows:
        return None
    rows.sort(key=lambda row: -row[0])
    note = f"and {hidden} more that bind less" if hidden else ""
    return Table("bounds", _COLUMNS, tuple(row for _, row in rows), note=note, drawn=True)


def impossible(bounds: Bounds) -> Text | None:
    """Why there is no II at all, where there is none."""
    return Text(f"no II at all: {bounds.impossible}", "bad") if bounds.impossible else None


def _row(term: Bound, like: int, ii: int) -> tuple[Cell, ...]:
    mark = "bold" if term.binding else ""
    return (
        count(term.ii, mark=mark),
        joined([Text("●" if term.binding else "", "warn")], term.binding),
        gauge(term.ii, ii, "warn" if term.binding else "dim"),
        text(bound_name(term) + (f" and {like} like it" if like else ""), mark),
        Cell((Text(term.detail if term.binding else _clip(term.detail)),), term.detail),
    )


def _clip(detail: str) -> str:
    return detail if len(detail) <= _DETAIL else f"{detail[: _DETAIL - 1]}…"
