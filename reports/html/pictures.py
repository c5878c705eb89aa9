"""The pictures of a page, by the names that sections give them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from twill.reports.content import Content


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its caption; ``wide``: it may be scrolled and zoomed."""

    id: str
    caption: str
    svg: Markup
    wide: bool


def picture(content: Content, name: str) -> Picture | None:
    """One picture of a report; None where there is nothing to draw."""
    return None


def picture_style() -> str:
    """The style sheet of the pictures."""
    return ""
