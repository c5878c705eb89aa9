"""One steady-state period: a row for every unit and for every role."""

from __future__ import annotations

from dataclasses import dataclass

from twill.reports.period import Piece
from twill.reports.rows import Row, idle_units, role_rows, unit_rows
from twill.reports.svg.axis import Axis
from twill.reports.svg.boxes import LANE, Box, Drawn, lanes
from twill.reports.svg.element import Markup, element
from twill.reports.svg.frame import STYLES, WIDTH, hatchings, picture
from twill.reports.svg.glyphs import clip, width
from twill.reports.svg.load import load
from twill.reports.svg.prose import LINE, paragraph, swatches, table_of_symbols
from twill.reports.view import View

LABEL, SHARE, TOP, GAP = 130, 50, 30, 10


def period_svg(view: View, *, ident: str = "period", standalone: bool = False) -> str:
    """The period as a picture; boxes that wrap at its edge are open there."""
    rows = [*unit_rows(view), *role_rows(view)]
    sheet = Sheet(view, ident, _axis(view, rows, WIDTH))
    bottom = sheet.rows(rows, TOP)
    parts, height = sheet.legend(bottom + LINE + 4)
    title = f"One steady-state period of {view.schedule.ii} cycles"
    return picture(
        ident,
        title,
        _description(rows),
        (WIDTH, height),
        [*sheet.parts(TOP, bottom), *parts],
        standalone,
    )


def thumbnail_svg(view: View, *, ident: str = "thumbnail", standalone: bool = False) -> str:
    """The period's unit rows alone, small."""
    size = 560
    rows = unit_rows(view)
    sheet = Sheet(view, ident, _axis(view, rows, size))
    bottom = sheet.rows(rows, TOP)
    title = f"{view.problem.name}: the units in a period of {view.schedule.ii} cycles"
    return picture(
        ident,
        title,
        _description(rows),
        (size, bottom + 6),
        sheet.parts(TOP, bottom),
        standalone,
    )


def label_width(names: list[str]) -> float:
    """Room for the names of rows, within reason."""
    return min(LABEL, max((width(name, 12) for name in names), default=0) + 12)


def marks(view: View, written: set[str]) -> list[tuple[str, str]]:
    """The symbols among what is written with their names, and one name that was shortened."""
    ops = [op.name for op in view.problem.ops]
    symbols = [(view.symbol(op), op) for op in ops if view.symbol(op) in written - {op}]
    short = next((op for op in ops if view.short(op) in written - {op}), None)
    return symbols + ([(view.short(short), short)] if short else [])


def _axis(view: View, rows: list[Row], size: float) -> Axis:
    left = label_width([row.name for row in rows])
    return Axis(0, view.schedule.ii, left, size - SHARE)


def _description(rows: list[Row]) -> str:
    told = []
    for row in rows:
        pieces = sorted(row.pieces, key=lambda piece: (piece.begin, piece.end, piece.op))
        what = ", ".join(f"{p.labels[0]} {p.begin} to {p.end}" for p in pieces)
        told.append(f"{row.name}, busy {row.share}" + (f": {what}." if what else "."))
    return " ".join(told)


@dataclass
class Sheet:
    """Draws rows of a view on one axis and remembers what its legend has to explain."""

    view: View
    ident: str
    axis: Axis

    def __post_init__(self) -> None:
        self._drawn = Drawn(self.ident, self.axis)
        self._extra: list[Markup] = []
        self._iterations: set[int] = set()
        self._fluid = self._streams = False

    def rows(self, rows: list[Row], y: float) -> float:
        """Draw rows from ``y`` on; where they end."""
        previous = None
        for row in rows:
            if previous is not None and (row.kind == "stream") != (previous.kind == "stream"):
                y += GAP
            y = self._row(row, y)
            previous = row
        return y

    def _row(self, row: Row, y: float) -> float:
        name = clip(row.name, self.axis.left - 8, 12)
        base = y + LANE / 2 + 4
        whole = [element("title", {}, row.name)] if name != row.name else []
        self._extra += [
            element("text", {"class": "m b", "x": 2, "y": base}, name, *whole),
            element("text", {"class": "r", "x": self.axis.right + SHARE - 4, "y": base}, row.share),
        ]
        if row.kind == "fluid":
            self._fluid = True
            self._extra += load(row, self.axis, y + 2, LANE - 4)
            return y + LANE + 4
        self._streams |= row.kind == "stream"
        for lane in lanes([self._box(row, piece) for piece in row.pieces]):
            self._drawn.lane(lane, y)
            y += LANE
        return y

    def _box(self, row: Row, piece: Piece) -> Box:
        self._iterations.add(piece.iteration)
        short = [label for label in piece.labels[1:] if label != piece.op or len(label) < 5]
        return Box(
            piece.op,
            piece.begin,
            piece.end,
            piece.iteration,
            piece.labels,
            tuple(short),
            self._hover(row, piece),
            piece.opened,
            piece.closed,
            self._waits(piece) if row.kind == "stream" else (),
        )

    def _waits(self, piece: Piece) -> tuple[tuple[int, int], ...]:
        """The cycles of a piece that are waits before its operation or arrives after it."""
        usage, place = self.view.usage, self.view.place(piece.op)
        periods = piece.iteration - self.view.offset(piece.op)
        start = place.slot + periods * self.view.schedule.ii
        issued = start + self.view.problem.op[piece.op].issue
        spans = ((start - usage.wait(piece.op), start), (issued, issued + usage.send(piece.op)))
        inside = ((max(a, piece.begin), min(b, piece.end)) for a, b in spans)
        return tuple((a, b) for a, b in inside if a < b)

    def _hover(self, row: Row, piece: Piece) -> str:
        before = "" if piece.opened else " (from the period before)"
        after = "" if piece.closed else " (into the next period)"
        text = (
            f"{piece.op}@{piece.iteration:+d}: cycles {piece.begin}{before} to {piece.end}{after}"
        )
        text += f", stage {self.view.place(piece.op).stage}"
        if row.kind == "unit":
            return f"{text}, {piece.amount} of {row.capacity} of {row.name}"
        usage = self.view.usage
        waits, sends = usage.wait(piece.op), usage.send(piece.op)
        text += f", issue {self.view.problem.op[piece.op].issue}"
        text += f", waits {waits} before" if waits else ""
        return text + (f", arrives {sends} after" if sends else "")

    def parts(self, top: float, bottom: float) -> list[Markup]:
        """All rows, with the ruler behind them."""
        return [
            hatchings(self.ident, self._drawn.styles),
            *self.axis.ruler(top - 12, bottom),
            *self._extra,
            *self._drawn.parts(top, bottom),
        ]

    def legend(self, y: float) -> tuple[list[Markup], float]:
        """Iterations, symbols and what the rows mean."""
        x, room = self.axis.left, self.axis.right - self.axis.left
        entries = [(k % STYLES, _iteration(k)) for k in sorted(self._iterations)[:STYLES]]
        parts, y = swatches(self.ident, entries, x, y)
        symbols, y = table_of_symbols(marks(self.view, self._drawn.marks), x, y + 2, room)
        words, y = paragraph(self._words(), x, y + 2, room)
        return [*parts, *symbols, *words], y

    def _words(self) -> str:
        words = ["Unit rows: when an op holds the unit."]
        if self._streams:
            words.append("Role rows: when it keeps the role's instruction stream;")
            words.append("underlined: its waits and arrives.")
        if self._fluid:
            words.append("~ what is asked of a fluid unit: only its total in a period is limited.")
        idle = idle_units(self.view)
        if idle:
            words.append(f"Never used: {', '.join(idle)}.")
        return " ".join(words)


def _iteration(offset: int) -> str:
    return f"@{offset:+d} iteration i{offset:+d}" if offset else "@+0 iteration i"
