"""Pictures of schedules and problems: pure functions to SVG text, without scripts or links."""

from __future__ import annotations

from twill.reports.svg.frame import stylesheet
from twill.reports.svg.timeline import period_svg, thumbnail_svg

__all__ = ["period_svg", "stylesheet", "thumbnail_svg"]
