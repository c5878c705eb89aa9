"""Paragraphs, tables and bars on a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from twill.reports.tables.model import Cell as DataCell
from twill.reports.tables.model import Gauge, Table
from twill.reports.terminal.page import Line, Page, Span, clip, length
from twill.reports.words import percent

Cell = str | Span | tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``wrap``: it takes the width left over and breaks its lines."""

    title: str
    align: str = "<"
    wrap: bool = False


def paragraph(page: Page, text: str, indent: int = 2, hang: int = 0, style: str = "") -> list[Line]:
    """``text`` broken at the page's width."""
    lines = textwrap.wrap(
        page.plain(text),
        width=page.width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )
    return [(Span(text, style),) for text in lines]


def fields(page: Page, rows: Iterable[tuple[str, str]], indent: int = 2) -> list[Line]:
    """Names and values in two columns, the values broken at the page's width."""
    pairs = [(page.plain(name), page.plain(value)) for name, value in rows]
    margin = max((len(name) for name, _ in pairs), default=0) + 2
    out: list[Line] = []
    for name, value in pairs:
        room = max(20, page.width - indent - margin)
        lines = textwrap.wrap(value, width=room, break_on_hyphens=False) or [""]
        for i, text in enumerate(lines):
            label = name if i == 0 else ""
            out.append((Span(" " * indent), Span(label.ljust(margin), "dim"), Span(text)))
    return out


def table(
    page: Page, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], indent: int = 2
) -> list[Line]:
    """A table with aligned columns two blanks apart, never wider than the page."""
    grid = [[_spans(page, cell) for cell in row] for row in rows]
    head = [(Span(page.plain(column.title), "dim"),) for column in columns]
    widths = _widths(page.width - indent, columns, [head, *grid])
    titled = any(column.title for column in columns)
    out: list[Line] = []
    for row in ([head] if titled else []) + grid:
        out.extend(_row(columns, widths, row, indent))
    return out


def shown(page: Page, data: Table, indent: int = 2) -> list[Line]:
    """A table of data on the page; its title and note are the caller's."""
    kept = [i for i, column in enumerate(data.columns) if not column.extra]
    columns = [Column(c.title, c.align, c.wrap) for c in (data.columns[i] for i in kept)]
    rows = [[spans(page, row[i]) for i in kept] for row in data.rows]
    return table(page, columns, rows, indent) if rows else []


def spans(page: Page, cell: DataCell) -> tuple[Span, ...]:
    """A cell of data as spans; a share is a bar and a percentage."""
    return tuple(
        Span(_gauge(page, part), part.mark)
        if isinstance(part, Gauge)
        else Span(page.plain(part.text), part.mark)
        for part in cell.parts
    )


def _gauge(page: Page, share: Gauge) -> str:
    drawn = bar(share.part, share.whole, page.width // 10)
    return f"{drawn} {percent(share.part, share.whole):>4}"


def bar(part: int, whole: int, width: int) -> str:
    """``part`` of ``whole`` as a bar; a part that is not zero shows at least one mark."""
    if whole <= 0:
        return "░" * width
    full = round(Fraction(part, whole) * width)
    full = min(width, max(full, 1 if part > 0 else 0))
    return "█" * full + "░" * (width - full)


def _spans(page: Page, cell: Cell) -> tuple[Span, ...]:
    if isinstance(cell, str):
        return (Span(page.plain(cell)),)
    spans = (cell,) if isinstance(cell, Span) else cell
    return tuple(Span(page.plain(span.text), span.style) for span in spans)


def _widths(
    room: int, columns: Sequence[Column], rows: Sequence[Sequence[tuple[Span, ...]]]
) -> list[int]:
    """Natural widths; what is too much is taken from wrapped columns, then from the widest."""
    widths = [max(length(row[i]) for row in rows) for i in range(len(columns))]
    excess = sum(widths) + 2 * (len(widths) - 1) - room
    for least, wrapped in ((_WRAPPED, True), (_CLIPPED, False), (1, False)):
        while excess > 0:
            spare = [
                i for i, c in enumerate(columns) if (c.wrap or not wrapped) and widths[i] > least
            ]
            if not spare:
                break
            widths[max(spare, key=lambda i: widths[i])] -= 1
            excess -= 1
    return widths


_WRAPPED, _CLIPPED = 18, 6


def _row(
    columns: Sequence[Column], widths: Sequence[int], row: Sequence[tuple[Span, ...]], indent: int
) -> list[Line]:
    cells = [
        _cell(column, width, spans)
        for column, width, spans in zip(columns, widths, row, strict=True)
    ]
    height = max(len(lines) for lines in cells)
    out: list[Line] = []
    for i in range(height):
        spans: list[Span] = [Span(" " * indent)]
        for column, width, lines in zip(columns, widths, cells, strict=True):
            content = lines[i] if i < len(lines) else ()
            blank = Span(" " * (width - length(content)))
            spans += [blank, *content] if column.align == ">" else [*content, blank]
            spans.append(Span("  "))
        out.append(tuple(spans[:-1]))
    return out


def _cell(column: Column, width: int, spans: tuple[Span, ...]) -> list[tuple[Span, ...]]:
    if length(spans) <= width:
        return [spans]
    if not column.wrap:
        return [_clipped(spans, width)]
    return _wrapped(spans, width)


def _clipped(spans: tuple[Span, ...], width: int) -> tuple[Span, ...]:
    text = "".join(span.text for span in spans)
    return (Span(clip(text, width), spans[0].style),)


def _wrapped(spans: tuple[Span, ...], width: int) -> list[tuple[Span, ...]]:
    """Spans broken at blanks; each span keeps its style, a span is one or more words."""
    words = [(word, span.style) for span in spans for word in _words(span.text, width)]
    lines: list[list[Span]] = [[]]
    for word, style in words:
        full = lines[-1] and length(lines[-1]) + len(word.rstrip()) > width
        if full:
            lines.append([])
        text = word.lstrip() if full else word
        if text:
            lines[-1].append(Span(text, style))
    return [_trim(line) for line in lines]


def _words(text: str, width: int) -> list[str]:
    words: list[str] = []
    for word in text.split(" "):
        pieces = [word[i : i + width] for i in range(0, len(word), width)] or [""]
        words += [*pieces[:-1], pieces[-1] + " "]
    if words:
        words[-1] = words[-1][:-1]
    return [word for word in words if word]


def _trim(spans: list[Span]) -> tuple[Span, ...]:
    if spans:
        spans[-1] = Span(spans[-1].text.rstrip(), spans[-1].style)
    return tuple(spans)
