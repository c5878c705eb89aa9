"""The outside of a picture: its size, style, title and description."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from twill.reports.svg.element import Markup, Value, element, join

WIDTH = 1100
"""Nominal width: at this width of the page the text has the size that the style says."""

STYLES = 6
"""How many fills there are; each has a hatching of its own."""

# Strokes of the hatchings in a square of 8: iterations can be told apart without colours.
_HATCHES = (
    "",
    "M-1,1l2,-2M0,8l8,-8M7,9l2,-2",
    "M-1,7l2,2M0,0l8,8M7,-1l2,2",
    "M2,0v8M6,0v8",
    "M0,2h8M0,6h8",
    "M4,3v2M3,4h2M0,7v1M0,0v1M8,7v1M8,0v1M0,0h1M7,0h1M0,8h1M7,8h1",
)


def picture(
    ident: str,
    title: str,
    description: str,
    size: tuple[float, float],
    parts: list[Markup],
    standalone: bool,
) -> str:
    """A whole picture. ``ident`` begins the ids in it, which are to be unique on a page."""
    if not re.fullmatch(r"[A-Za-z][\w-]*", ident, re.ASCII):
        raise ValueError(f"{ident!r} is no id: letters, digits, - and _")
    width, height = size
    attributes: dict[str, Value] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "twill-picture",
        "viewBox": f"0 0 {width:g} {height:g}",
        "width": "100%",
        "role": "img",
        "aria-labelledby": f"{ident}-title {ident}-desc",
    }
    head = [
        element("title", {"id": f"{ident}-title"}, title),
        element("desc", {"id": f"{ident}-desc"}, description),
    ]
    if standalone:
        head.append(element("style", {}, Markup(_plain_style())))
        head.append(element("rect", {"class": "paper", "width": width, "height": height}))
    return element("svg", attributes, join([*head, *parts]))


def stylesheet() -> str:
    """The style of all pictures, for a page that holds them without ``standalone``."""
    return files("twill.reports.svg").joinpath("pictures.css").read_text("utf-8")


@cache
def palettes() -> tuple[dict[str, str], dict[str, str]]:
    """The colours by name, in the light and in the dark theme."""
    blocks = re.findall(r"\.twill-picture \{(\s*--[^}]*)\}", stylesheet())
    light, dark = (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in blocks)
    return light, dark


@cache
def _plain_style() -> str:
    """The style with colours in place of variables: not every viewer of SVG knows those."""
    sheet = stylesheet()
    rules = sheet[sheet.index(".twill-picture { display") :]
    colored = "\n".join(rule for rule in rules.splitlines() if "var(" in rule)
    light, dark = palettes()
    theme = f"@media screen and (prefers-color-scheme: dark) {{\n{_resolve(colored, dark)}\n}}"
    return f"\n{_resolve(rules, light)}\n{theme}\n"


def _resolve(rules: str, colors: dict[str, str]) -> str:
    return re.sub(r"var\(--(\w+)\)", lambda match: colors[match[1]], rules)


def hatchings(ident: str, styles: set[int]) -> Markup:
    """The definitions that :func:`fill` refers to."""
    return element("defs", {}, *(_hatching(ident, style) for style in sorted(styles)))


def _hatching(ident: str, style: int) -> Markup:
    attributes: dict[str, Value] = {
        "id": f"{ident}-k{style}",
        "width": 8,
        "height": 8,
        "patternUnits": "userSpaceOnUse",
    }
    ground = element("rect", {"class": f"k{style}", "width": 8, "height": 8})
    lines = element("path", {"class": f"e{style} hatch", "d": _HATCHES[style]})
    return element("pattern", attributes, ground, *([lines] if _HATCHES[style] else []))


def fill(ident: str, style: int) -> str:
    """A reference to a hatched fill."""
    return f"url(#{ident}-k{style})"
