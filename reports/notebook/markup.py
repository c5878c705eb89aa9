"""The HTML of a cell's output: few elements, with inline style since a cell has no page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from twill.reports.svg.element import Markup, text
from twill.text import visible

_CELL = "text-align:left;vertical-align:top;overflow-wrap:anywhere;padding:0 .6em 0 0"
_NUMBER = "text-align:right;vertical-align:top;padding:0 .6em 0 0"
_PICTURE = "max-width:1100px"


def html(name: str, *children: str, style: str = "") -> Markup:
    """An element; children that are not markup are text."""
    inner = "".join(c if isinstance(c, Markup) else text(visible(c)) for c in children)
    styled = f' style="{style}"' if style else ""
    return Markup(f"<{name}{styled}>{inner}</{name}>")


def table(columns: Sequence[str], rows: Iterable[Sequence[str | int]], title: str = "") -> Markup:
    """A table with a caption; numbers are set to the right."""
    head = html("tr", *(html("th", name, style=_CELL) for name in columns))
    body = [html("tr", *(_cell(cell) for cell in row)) for row in rows]
    caption = [html("caption", title, style="text-align:left")] if title else []
    return html("table", *caption, html("thead", head), html("tbody", *body))


def _cell(cell: str | int) -> Markup:
    if isinstance(cell, int):
        return html("td", str(cell), style=_NUMBER)
    return html("td", cell, style=_CELL)


def line(strong: str, rest: str = "") -> Markup:
    """A line of text that begins with what matters."""
    return html("div", html("b", strong), rest)


def note(content: str) -> Markup:
    """A remark in small print."""
    return html("div", html("small", content))


def drawn(svg: str) -> Markup:
    """A picture among HTML, not wider than it is legible."""
    return html("div", Markup(svg), style=_PICTURE)


def cell(*parts: Markup) -> str:
    """All that one cell shows."""
    return html("div", *parts)


def ident(*things: object) -> str:
    """A name for a picture, so that no two on a page of cells share their parts' names."""
    return "t" + hashlib.sha256(repr(things).encode("utf-8", "replace")).hexdigest()[:12]
