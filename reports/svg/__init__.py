"""Pictures of schedules and problems: pure functions to SVG text, without scripts or links.

Every function takes ``ident``, with which all ids in the picture begin (unique on a page), and
``standalone``: with the style inside, for a file of its own. A picture of something that a
problem does not have is "".
"""

from __future__ import annotations

from twill.reports.svg.bounds import bounds_svg
from twill.reports.svg.frame import stylesheet
from twill.reports.svg.graph import dependence_graph_svg
from twill.reports.svg.memory import memory_svg
from twill.reports.svg.registers import registers_svg
from twill.reports.svg.timeline import period_svg, thumbnail_svg
from twill.reports.svg.unrolled import unrolled_svg

__all__ = [
    "bounds_svg",
    "dependence_graph_svg",
    "memory_svg",
    "period_svg",
    "registers_svg",
    "stylesheet",
    "thumbnail_svg",
    "unrolled_svg",
]
