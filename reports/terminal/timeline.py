"""One steady-state period as a picture: a row for every unit and for every role."""

from __future__ import annotations

from twill.reports.rows import Row, idle_units, role_rows, unit_rows
from twill.reports.terminal.lanes import (
    Box,
    Scale,
    content,
    pack,
    scale,
    shows_short,
    shows_symbol,
    ticks,
)
from twill.reports.terminal.layout import paragraph
from twill.reports.terminal.page import Line, Page, Span, clip, heading
from twill.reports.terminal.view import TerminalView

_SHADES = " ░▒▓█"
_LABEL, _SHARE = 16, 6


def timeline(page: Page, view: TerminalView) -> list[Line]:
    """The section: ruler, rows of the units, rows of the roles, legend."""
    label = _label_width(page, view)
    units, roles = unit_rows(view), role_rows(view)
    share = max([_SHARE, *(1 + len(row.share) for row in (*units, *roles))])
    ruler = scale(view.schedule.ii, page.width - 2 - label - share)
    rows = _Rows(page, view, ruler, label)
    lines = [*heading(page, "Timeline", _note(view, ruler)), *rows.ruler()]
    for row in units:
        lines += rows.draw(row)
    if view.schedule.roles:
        lines.append(())
    for row in roles:
        lines += rows.draw(row)
    return lines + rows.legend()


class _Rows:
    """Draws rows on one ruler and remembers which symbols it used."""

    def __init__(self, page: Page, view: TerminalView, ruler: Scale, label: int) -> None:
        self._page, self._view, self._ruler, self._label = page, view, ruler, label
        self._symbols: set[str] = set()
        self._short = ""
        self._fluid = False

    def ruler(self) -> list[Line]:
        """The cycle numbers and the rule under them."""
        numbers, rule = "", ["─"] * (self._ruler.columns + 1)
        for tick in ticks(self._ruler):
            column = self._ruler.column(tick)
            numbers = numbers.ljust(column) + str(tick)
            rule[column] = "┼"
        return [
            (self._name("cycle"), Span(numbers, "dim")),
            (self._name(""), Span("".join(rule), "dim")),
        ]

    def draw(self, row: Row) -> list[Line]:
        """Boxes in lanes; a unit that serves several operations at once also has its load."""
        if row.kind == "fluid":
            self._fluid = True
            load = Span(self._load(row), "dim")
            return [(self._name(row.name), load, Span(f" {row.share:>5}", "dim"))]
        lines = self._lanes(row)
        if row.capacity > 1 and len(lines) > 1:
            lines.append((self._name("  load"), Span(self._load(row), "dim")))
        return lines

    def legend(self) -> list[Line]:
        """What the rows mean, and the symbols of boxes too narrow for a name."""
        roles = "role rows: when it keeps the role's instruction stream, waits included; "
        text = (
            "unit rows: when an op holds the unit; "
            + (roles if self._view.schedule.roles else "")
            + "op@+k works on iteration i+k; ‹ › crosses the period's edge"
        )
        if self._short:
            text += f"; {self._view.short(self._short)} is short for {self._short}"
        if self._fluid:
            text += "; ~ what ops ask of a fluid unit, only its share of the period is limited"
        if idle := idle_units(self._view):
            text += f"; never used: {', '.join(idle)}"
        lines: list[Line] = [(), *paragraph(self._page, text, indent=2, style="dim")]
        return lines + self._symbol_lines()

    def _symbol_lines(self) -> list[Line]:
        lines: list[list[Span]] = []
        used = self._page.width
        for op in self._view.problem.ops:
            if op.name not in self._symbols:
                continue
            mark = self._view.symbol(op.name)
            name = clip(self._page.plain(op.name), self._page.width - len(mark) - 5)
            entry = len(mark) + len(name) + 3
            if used + entry > self._page.width:
                lines.append([])
                used = 0
            lines[-1] += [Span("  "), Span(mark, self._view.style(op.name)), Span(f" {name}")]
            used += entry
        return [tuple(spans) for spans in lines]

    def _lanes(self, row: Row) -> list[Line]:
        lines: list[Line] = []
        for lane in pack(row.pieces, self._ruler) or [[]]:
            spans = self._boxes(lane)
            if not lines:
                used = lane[-1].right if lane else 0
                spans += self._blank(used, self._ruler.columns)
                spans.append(Span(f" {row.share:>5}", "dim"))
            lines.append((self._name(row.name if not lines else ""), *spans))
        return lines

    def _boxes(self, lane: list[Box]) -> list[Span]:
        spans: list[Span] = []
        column = 0
        for box in lane:
            touches = bool(spans) and column == box.left
            if shows_symbol(box, touches):
                self._symbols.add(box.piece.op)
            elif not self._short and shows_short(box, touches):
                self._short = box.piece.op
            spans += self._blank(column, box.left)
            spans.append(Span(content(box, touches), self._view.style(box.piece.op)))
            column = box.right
        return spans

    def _blank(self, left: int, right: int) -> list[Span]:
        """An empty stretch, with a faint dot under every tick of the ruler."""
        dots = {self._ruler.column(tick) for tick in ticks(self._ruler)}
        return [Span("".join("·" if c in dots else " " for c in range(left, right)), "dim")]

    def _load(self, row: Row) -> str:
        """How full the unit is in each column, in five shades."""
        out = ""
        for column in range(self._ruler.columns):
            cycle = (2 * column + 1) * self._ruler.period // (2 * self._ruler.columns)
            used = sum(p.amount for p in row.pieces if p.begin <= cycle < p.end)
            out += _SHADES[min(4, -(-4 * used // row.capacity))]
        return out

    def _name(self, text: str) -> Span:
        return Span("  " + clip(self._page.plain(text), self._label - 1).ljust(self._label), "bold")


def _label_width(page: Page, view: TerminalView) -> int:
    names = [unit.name for unit in view.problem.units]
    names += [role.name for role in view.schedule.roles] + ["no unit"]
    return min(_LABEL, max(len(page.plain(name)) for name in names)) + 1


def _note(view: TerminalView, ruler: Scale) -> str:
    period = f"one steady-state period of {view.schedule.ii} cycles"
    if ruler.columns < ruler.period:
        return f"{period}, {ruler.period / ruler.columns:.3g} to a column"
    columns = ruler.columns // ruler.period
    return f"{period}, {columns} column{'s' if columns > 1 else ''} each"
