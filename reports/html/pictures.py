"""The pictures of a page, by the names that sections give them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from twill.reports.content import Content
from twill.reports.svg import (
    bounds_svg,
    dependence_graph_svg,
    memory_svg,
    period_svg,
    registers_svg,
    stylesheet,
    unrolled_svg,
)
from twill.reports.svg.frame import palettes
from twill.reports.tables.circuit import critical
from twill.reports.view import View


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its caption."""

    id: str
    caption: str
    svg: Markup


def picture(content: Content, name: str) -> Picture | None:
    """One picture of a report; None where there is nothing to draw."""
    caption, draw = _PICTURES[name]
    svg = draw(content, f"picture-{name}")
    return Picture(f"figure-{name}", caption, Markup(svg)) if svg else None  # noqa: S704 - escaped


def picture_style() -> str:
    """The style sheet of the pictures, which follow the theme that a reader chose."""
    light, dark = (
        "".join(f"--{name}:{color};" for name, color in colors.items()) for colors in palettes()
    )
    return (
        f"{stylesheet()}"
        f':root[data-theme="light"] .twill-picture {{{light}}}\n'
        f':root[data-theme="dark"] .twill-picture {{{dark}}}\n'
        f"@media print {{ .twill-picture, :root[data-theme] .twill-picture {{{light}}} }}\n"
    )


def _bounds(content: Content, ident: str) -> str:
    ii = content.schedule.ii if content.schedule is not None else None
    return bounds_svg(content.bounds, ii, ident=ident)


def _graph(content: Content, ident: str) -> str:
    term = critical(content.bounds)
    arcs = term.arcs if term is not None else content.bounds.endless
    return dependence_graph_svg(content.view or content.problem, arcs, ident=ident)


def _of_view(draw: Callable[..., str]) -> Callable[[Content, str], str]:
    def drawn(content: Content, ident: str) -> str:
        view: View | None = content.view
        return draw(view, ident=ident) if view is not None else ""

    return drawn


_PICTURES: dict[str, tuple[str, Callable[[Content, str], str]]] = {
    "period": (
        (
            "One period of the steady state: when operations hold a unit, and when they keep the"
            " instruction stream of their role, waits included. S@+1 works one iteration ahead of"
            " the oldest; colours are iterations."
        ),
        _of_view(period_svg),
    ),
    "unrolled": (
        "A short run from its first operation to its last: prologue, steady state, epilogue.",
        _of_view(unrolled_svg),
    ),
    "bounds": ("The II that each one alone would allow; the highest in red.", _bounds),
    "graph": (
        "The dependence graph; dashed arrows reach into later iterations, the circuit is bold.",
        _graph,
    ),
    "registers": (
        "Registers per thread that results hold, by role, over one period.",
        _of_view(registers_svg),
    ),
    "memory": ("Who holds which slot of a memory when, over one period.", _of_view(memory_svg)),
}
"""Captions, and what draws."""
