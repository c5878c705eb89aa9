"""Pictures read back: their texts and boxes with places, as a viewer would put them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from tests.reports.hand_made import attention, figure1, ping_pong, vliw
from twill.reports import svg
from twill.reports.svg.glyphs import MONO, SANS, width
from twill.reports.view import View
from twill.solver.bounds import bounds

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"s": 11.0, "n": 11.5}


@dataclass(frozen=True)
class Text:
    """A text on the picture, from ``left`` to ``right`` by the estimate of its width."""

    content: str
    left: float
    right: float
    y: float
    size: float
    classes: frozenset[str]


@dataclass(frozen=True)
class Rect:
    """A rectangle on the picture."""

    x: float
    y: float
    width: float
    height: float
    title: str


def views() -> dict[str, View]:
    """The hand-made examples."""
    return {
        "figure1": View(*figure1()),
        "vliw": View(*vliw()),
        "attention": View(attention(), ping_pong()),
    }


def pictures(view: View, *, standalone: bool = False) -> dict[str, str]:
    """Every picture of a view."""
    found = bounds(view.problem)
    circuit = next((term.arcs for term in found.terms if term.arcs), ())
    return {
        "period": svg.period_svg(view, standalone=standalone),
        "thumbnail": svg.thumbnail_svg(view, standalone=standalone),
        "unrolled": svg.unrolled_svg(view, standalone=standalone),
        "bounds": svg.bounds_svg(found, view.schedule.ii, standalone=standalone),
        "graph": svg.dependence_graph_svg(view, circuit, standalone=standalone),
        "registers": svg.registers_svg(view, standalone=standalone),
        "memory": svg.memory_svg(view, standalone=standalone),
    }


def parse(picture: str) -> ET.Element:
    """The picture as XML, which is our own."""
    return ET.fromstring(picture)  # noqa: S314


def texts(picture: str) -> list[Text]:
    """All texts, with the classes of the groups that they are in."""
    return list(_texts(parse(picture), frozenset(), 0.0))


def _texts(node: ET.Element, classes: frozenset[str], shift: float) -> Iterator[Text]:
    classes |= set(node.get("class", "").split())
    move = node.get("transform", "")
    shift += float(move[len("translate(") : -1]) if move else 0.0
    if node.tag == f"{SVG}text":
        yield _text(node, classes, shift)
    for child in node:
        yield from _texts(child, classes, shift)


def _text(node: ET.Element, classes: frozenset[str], shift: float) -> Text:
    content = (node.text or "") + "".join(
        (child.text if child.tag == f"{SVG}tspan" else "") or "" for child in node
    )
    content += "".join(child.tail or "" for child in node)
    size = next((SIZES[c] for c in sorted(classes) if c in SIZES), 12.0)
    wide = width(content, size, MONO if "m" in classes else SANS)
    x = float(node.get("x", "0")) + shift
    left = x - wide * (1.0 if "r" in classes else 0.5 if "c" in classes else 0.0)
    return Text(content, left, left + wide, float(node.get("y", "0")), size, classes)


def rects(picture: str) -> list[Rect]:
    """All rectangles with their hover texts, where they have one."""
    found = []
    root = parse(picture)
    for node in root.iter(f"{SVG}rect"):
        x, y, wide, high = (float(node.get(key, "0")) for key in ("x", "y", "width", "height"))
        found.append(Rect(x, y, wide, high, node.findtext(f"{SVG}title") or ""))
    return found
