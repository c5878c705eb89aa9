"""What II each unit, recurrence, ring and role alone would allow, as bars."""

from __future__ import annotations

from twill.reports.bounds import bound_name, distinct_bounds
from twill.reports.svg.axis import Axis
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import WIDTH, picture
from twill.reports.svg.glyphs import SANS, clip, width
from twill.reports.words import percent
from twill.solver.bounds import Bound, Bounds

_SHOWN = 4
_TOP, _ROW, _BAR = 34, 30, 12
_LEFT, _RIGHT = 330, 560


def bounds_svg(
    bounds: Bounds, ii: int | None, *, ident: str = "bounds", standalone: bool = False
) -> str:
    """The bounds as bars, those that bind marked; ``ii`` of the schedule found, if there is one.

    Empty where nothing bounds the II or no II is possible.
    """
    rows = _rows(bounds)
    period = ii or bounds.ii or 1
    if not rows or bounds.impossible:
        return ""
    axis = Axis(0, max(period, rows[0][0].ii), _LEFT, _LEFT + _RIGHT)
    parts: list[Markup] = []
    for i, (term, like) in enumerate(rows):
        parts += _row(term, like, axis, period, _TOP + i * _ROW)
    bottom = _TOP + len(rows) * _ROW
    limit = f"M{axis.at(period):g},{_TOP - 14}V{bottom}"
    name = f"II {period}" if ii else f"at least {period}"
    marks = [
        element("path", {"class": "limit", "d": limit}),
        element("text", {"class": "s b a c", "x": axis.at(period), "y": _TOP - 19}, name),
    ]
    told = " ".join(f"{_title(term, like)}: {term.ii}." for term, like in rows)
    title = "The II that each unit, recurrence, ring and role alone would allow"
    return picture(ident, title, told, (WIDTH, bottom + 4), [*marks, *parts], standalone)


def _rows(bounds: Bounds) -> list[tuple[Bound, int]]:
    """All units, and of the other kinds those that bind most."""
    rows: list[tuple[Bound, int]] = []
    for kind in ("resource", "recurrence", "buffer", "role"):
        terms = distinct_bounds(term for term in bounds.terms if term.kind == kind)
        rows += terms if kind == "resource" else terms[:_SHOWN]
    return sorted(rows, key=lambda row: -row[0].ii)


def _row(term: Bound, like: int, axis: Axis, period: int, y: float) -> list[Markup]:
    strong = "b" if term.binding else ""
    times = f" ×{like + 1}" if like else ""
    room = axis.left - 66 - width(times, 11.5)
    name = clip(bound_name(term).replace(" -> ", " → "), room, 11.5) + times
    bar: dict[str, Value] = {
        "class": "hot" if term.binding else "bar",
        "x": axis.left,
        "y": y + 3,
        "width": max(1, axis.at(term.ii) - axis.left),
        "height": _BAR,
        "rx": 2,
    }
    beside = axis.right + 14
    word = "binds" if term.ii == period else "highest"
    share = percent(term.ii, period) + (f" {word}" if term.binding else "")
    hover = element("title", {}, f"{_title(term, like)}: {term.ii} cycles. {term.detail}")
    detail = clip(term.detail, WIDTH - axis.left - 4, 11, SANS)
    return [
        element(
            "text", {"class": f"m n r {strong}".rstrip(), "x": axis.left - 56, "y": y + 13}, name
        ),
        element(
            "text",
            {"class": f"r {strong}".rstrip(), "x": axis.left - 10, "y": y + 13},
            str(term.ii),
        ),
        element("rect", bar, hover),
        element("text", {"class": "b a" if term.binding else "f", "x": beside, "y": y + 13}, share),
        element("text", {"class": "s f h", "x": axis.left, "y": y + 26}, detail),
    ]


def _title(term: Bound, like: int) -> str:
    return bound_name(term) + (f" and {like} like it" if like else "")
