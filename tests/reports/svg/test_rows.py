from __future__ import annotations

from itertools import pairwise

import pytest

from tests.reports.svg.drawn import rects, views
from twill.reports.rows import role_rows, unit_rows
from twill.reports.svg import period_svg
from twill.reports.svg.axis import Axis
from twill.reports.svg.boxes import BOX
from twill.reports.svg.load import demand
from twill.reports.svg.timeline import Sheet
from twill.reports.view import View


def _reserved(view: View, unit: str) -> int:
    return sum(
        use.length * use.amount for op in view.problem.ops for use in op.reservations.get(unit, ())
    )


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
def test_an_exclusive_unit_serves_one_at_a_time(name: str) -> None:
    """Its boxes do not overlap, and their lengths are its busy cycles."""
    view = views()[name]
    rows = [row for row in unit_rows(view) if row.kind == "unit" and row.capacity == 1]
    assert rows
    for row in rows:
        pieces = sorted(row.pieces, key=lambda piece: piece.begin)
        assert all(one.end <= other.begin for one, other in pairwise(pieces))
        assert sum(piece.end - piece.begin for piece in pieces) == _reserved(view, row.name)


def test_boxes_are_drawn_to_scale() -> None:
    """The drawn boxes of the tensor core do not overlap and fill the period."""
    drawn = [rect for rect in rects(period_svg(views()["attention"])) if rect.height == BOX]
    tensor = sorted((r for r in drawn if r.title.endswith("1 of 1 of tensor")), key=lambda r: r.x)
    assert len({rect.y for rect in tensor}) == 1
    assert all(a.x + a.width <= b.x + 0.02 for a, b in pairwise(tensor))
    ends = [rect for rect in tensor if "before)" in rect.title or "next period)" in rect.title]
    beyond = 4 * len(ends)
    whole = tensor[-1].x + tensor[-1].width - tensor[0].x
    assert sum(rect.width for rect in tensor) == pytest.approx(whole, abs=0.1)
    assert whole - beyond == pytest.approx(1100 - 50 - tensor[0].x - 4, abs=4.1)


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
def test_demand_adds_up(name: str) -> None:
    """A profile's area is what is reserved in a period, wrapped uses included."""
    view = views()[name]
    period = view.schedule.ii
    for row in unit_rows(view):
        levels = demand(row.pieces, period)
        ends = [cycle for cycle, _ in levels[1:]] + [period]
        area = sum(level * (end - at) for (at, level), end in zip(levels, ends, strict=True))
        assert area == _reserved(view, row.name) or row.name == "no unit"


def test_roles_show_waits() -> None:
    """A stream's pieces are an operation's whole stay, from its first wait to its last arrive."""
    view = views()["attention"]
    for row in role_rows(view):
        for op in view.problem.ops:
            if view.place(op.name).role == row.name:
                begin, end = view.usage.window(op.name)
                drawn = sum(p.end - p.begin for p in row.pieces if p.op == op.name)
                assert drawn == end - begin


def test_waits_are_underlined() -> None:
    """The underlined cycles of a role's row are its operations' waits and arrives, no more."""
    view = views()["attention"]
    axis = Axis(0, view.schedule.ii, 0, view.schedule.ii)
    sheet = Sheet(view, "test", axis)
    for row in role_rows(view):
        drawn = sum(b - a for piece in row.pieces for a, b in sheet._waits(piece))
        ops = [op.name for op in view.problem.ops if view.place(op.name).role == row.name]
        assert drawn == sum(view.usage.wait(op) + view.usage.send(op) for op in ops)
