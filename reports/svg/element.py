"""SVG elements as text: everything that is not markup is escaped when it is put in."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from twill.text import visible


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Value = str | int | float
"""The value of an attribute."""


def element(name: str, attributes: Mapping[str, Value] | None = None, *children: str) -> Markup:
    """An element; children that are not :class:`Markup` are text."""
    opening = name + "".join(
        f" {key}={quoteattr(visible(number(value)))}" for key, value in (attributes or {}).items()
    )
    inner = "".join(child if isinstance(child, Markup) else text(child) for child in children)
    return Markup(f"<{opening}>{inner}</{name}>" if inner else f"<{opening}/>")


def text(content: str) -> Markup:
    """Plain text as markup."""
    return Markup(escape(visible(content)))


def join(parts: list[Markup]) -> Markup:
    """Elements one after the other, a line each."""
    return Markup("\n".join(parts))


def number(value: Value) -> str:
    """A value as short as it can be; lengths to a hundredth."""
    if isinstance(value, float):
        return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
    return str(value)
