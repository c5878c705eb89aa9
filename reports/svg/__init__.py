"""Pictures of schedules and problems: pure functions to SVG text, without scripts or links."""

from __future__ import annotations

from twill.reports.svg.bounds import bounds_svg
from twill.reports.svg.frame import stylesheet
from twill.reports.svg.registers import registers_svg
from twill.reports.svg.timeline import period_svg, thumbnail_svg

__all__ = ["bounds_svg", "period_svg", "registers_svg", "stylesheet", "thumbnail_svg"]
