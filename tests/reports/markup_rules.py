"""What our HTML and SVG may consist of: well-formed, and nothing in it that acts or fetches."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {
    *("b", "caption", "div", "small", "table", "tbody", "td", "th", "thead", "tr"),
    *("svg", "g", "rect", "path", "text", "tspan", "title", "desc", "style", "defs"),
    *("pattern", "clipPath", "line", "circle", "polygon", "polyline", "marker"),
}
_OUTSIDE = re.compile(r"url\((?!#)|@import|javascript:|expression\(|https?:", re.IGNORECASE)


def inert(text: str) -> ET.Element:
    """The tree of a text, after checking that it can do nothing but be seen."""
    root = ET.fromstring(text)  # noqa: S314 - our own output
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        assert tag in TAGS, tag
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), name
            assert "href" not in name.lower(), name
            assert not _OUTSIDE.search(value), value
        if tag == "style":
            assert len(element) == 0
            assert not _OUTSIDE.search(element.text or "")
    return root


def words(root: ET.Element) -> str:
    """All text of a tree."""
    return " ".join(root.itertext())
