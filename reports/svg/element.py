"""SVG elements as text: everything that is not markup is escaped when it is put in."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

# What XML 1.0 has no way to write, not even as a character reference.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Value = str | int | float
"""The value of an attribute."""


def element(name: str, attributes: dict[str, Value] | None = None, *children: str) -> Markup:
    """An element; children that are not :class:`Markup` are text."""
    opening = name + "".join(
        f" {key}={quoteattr(_writable(number(value)))}" for key, value in (attributes or {}).items()
    )
    inner = "".join(child if isinstance(child, Markup) else text(child) for child in children)
    return Markup(f"<{opening}>{inner}</{name}>" if inner else f"<{opening}/>")


def text(content: str) -> Markup:
    """Plain text as markup."""
    return Markup(escape(_writable(content)))


def join(parts: list[Markup]) -> Markup:
    """Elements one after the other, a line each."""
    return Markup("\n".join(parts))


def number(value: Value) -> str:
    """A value as short as it can be; lengths to a hundredth."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "-0") if value else "0"
    return str(value)


def _writable(content: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", content)
