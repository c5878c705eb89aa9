"""A short run from its first operation to its last: prologue, steady state, epilogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twill.problem import Op
from twill.reports.svg.axis import Axis
from twill.reports.svg.boxes import LANE, Box, Drawn, lanes
from twill.reports.svg.element import Markup, element
from twill.reports.svg.frame import STYLES, WIDTH, hatchings, picture
from twill.reports.svg.glyphs import SANS, clip, width
from twill.reports.svg.prose import LINE, paragraph, swatches, table_of_symbols
from twill.reports.svg.timeline import GAP, label_width, marks
from twill.reports.view import View

MOST_BOXES = 900
"""Boxes of a picture at most; iterations are left out of a longer run."""

_TOP, _BAND = 52, 22


def unrolled_svg(
    view: View, iterations: int | None = None, *, ident: str = "unrolled", standalone: bool = False
) -> str:
    """A run of ``iterations``; two more than the schedule has stages where none are asked for."""
    trips = iterations or view.last_stage + 3
    rows = _rows(view)
    per_iteration = sum(len(uses) for _, uses in rows)
    trips = max(1, min(trips, MOST_BOXES // max(1, per_iteration)))
    axis = _axis(view, rows, trips)
    drawn = Drawn(ident, axis)
    names, bottom = _draw(view, rows, trips, drawn)
    entries = [(i % STYLES, f"iteration {i}") for i in range(min(trips, STYLES))]
    legend, y = swatches(ident, entries, axis.left, bottom + LINE + 4)
    room = axis.right - axis.left
    symbols, y = table_of_symbols(marks(view, drawn.marks), axis.left, y + 2, room)
    words, y = paragraph(_words(view, trips), axis.left, y + 2, room)
    parts = [
        hatchings(ident, drawn.styles),
        *_bands(view, axis, trips, bottom),
        *axis.ruler(_TOP - 12, bottom),
        *names,
        *drawn.parts(_TOP, bottom),
        *legend,
        *symbols,
        *words,
    ]
    title = f"A run of {trips} iterations, {axis.end - axis.begin} cycles"
    return picture(ident, title, _told(view, axis, trips), (WIDTH, y), parts, standalone)


Use = tuple[Op, int, int]
"""An operation, and cycles from its start to the begin and the end of a use."""


def _rows(view: View) -> list[tuple[str, list[Use]]]:
    """Units that hold one thing at a time or a few, then roles; fluid units have no boxes."""
    rows: list[tuple[str, list[Use]]] = []
    for unit in view.problem.units:
        uses = [
            (op, use.offset, use.offset + use.length)
            for op in view.problem.ops
            for use in op.reservations.get(unit.name, ())
        ]
        if uses and not unit.fluid:
            rows.append((unit.name, uses))
    for role in view.schedule.roles:
        ops = [op for op in view.problem.ops if view.place(op.name).role == role.name]
        rows.append((role.name, list(_stays(view, ops))))
    return rows


def _stays(view: View, ops: Iterable[Op]) -> Iterator[Use]:
    for op in ops:
        begin, end = view.usage.window(op.name)
        start = view.place(op.name).start
        yield op, begin - start, end - start


def _axis(view: View, rows: list[tuple[str, list[Use]]], trips: int) -> Axis:
    ends = [
        (view.place(op.name).start + begin, view.place(op.name).start + end)
        for _, uses in rows
        for op, begin, end in uses
    ]
    first = min((begin for begin, _ in ends), default=0)
    last = max((end for _, end in ends), default=1) + (trips - 1) * view.schedule.ii
    left = label_width([name for name, _ in rows])
    return Axis(min(0, first), max(last, trips * view.schedule.ii), left, WIDTH - 26)


def _draw(
    view: View, rows: list[tuple[str, list[Use]]], trips: int, drawn: Drawn
) -> tuple[list[Markup], float]:
    """The rows; their names, and where they end."""
    names: list[Markup] = []
    y: float = _TOP
    units = len(rows) - len(view.schedule.roles)
    for number, (name, uses) in enumerate(rows):
        y += GAP if number == units and number else 0
        shown = clip(name, drawn.axis.left - 8, 12)
        names.append(element("text", {"class": "m b", "x": 2, "y": y + LANE / 2 + 4}, shown))
        for lane in lanes(_box(view, use, i) for use in uses for i in range(trips)):
            drawn.lane(lane, y)
            y += LANE
    return names, y


def _box(view: View, use: Use, iteration: int) -> Box:
    op, begin, end = use
    start = view.place(op.name).start + iteration * view.schedule.ii
    short = view.short(op.name)
    labels = (f"{short} {iteration}", short, view.symbol(op.name))
    hover = f"{op.name}, iteration {iteration}: cycles {start + begin} to {start + end}"
    return Box(op.name, start + begin, start + end, iteration, labels, (), hover)


def _bands(view: View, axis: Axis, trips: int, bottom: float) -> list[Markup]:
    """Grounds for prologue, steady state and epilogue, with their names, and the periods."""
    parts: list[Markup] = []
    for name, begin, end in _phases(view, axis, trips):
        left, right = axis.at(begin), axis.at(end)
        ground = {"class": "band" if name == "steady state" else "paper", "x": left, "y": 4}
        size = {"width": round(right - left, 2), "height": bottom - 4}
        parts.append(element("rect", {**ground, **size}))
        fits = width(name, 12, SANS) <= right - left
        place = ("b c", round((left + right) / 2, 1)) if fits else ("b r", right)
        if fits or name == "epilogue":
            parts.append(element("text", {"class": place[0], "x": place[1], "y": 20}, name))
    ii = view.schedule.ii
    periods = "".join(f"M{axis.at(i * ii):g},26V{bottom:g}" for i in range(trips + 1))
    return [*parts, element("path", {"class": "grid", "d": periods})]


def _phases(view: View, axis: Axis, trips: int) -> list[tuple[str, int, int]]:
    """All stages are at work from when the oldest iteration is in its last one."""
    full, ends = view.last_stage * view.schedule.ii, trips * view.schedule.ii
    if full >= ends:
        return [("prologue and epilogue", axis.begin, axis.end)]
    phases = [
        ("prologue", axis.begin, full),
        ("steady state", full, ends),
        ("epilogue", ends, axis.end),
    ]
    return [phase for phase in phases if phase[1] < phase[2]]


def _words(view: View, trips: int) -> str:
    words = [
        f"{trips} iterations, a new one every {view.schedule.ii} cycles (solid lines).",
        "The number behind an op is its iteration.",
    ]
    fluid = [unit.name for unit in view.problem.units if unit.fluid]
    if fluid:
        words.append(f"Fluid units are left out: {', '.join(fluid)}.")
    return " ".join(words)


def _told(view: View, axis: Axis, trips: int) -> str:
    phases = _phases(view, axis, trips)
    spans = ", ".join(f"{name} from cycle {begin} to {end}" for name, begin, end in phases)
    return f"{spans}. A new iteration starts every {view.schedule.ii} cycles."
