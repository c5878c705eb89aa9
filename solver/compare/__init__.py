"""Comparison of a schedule with an expert's kernel, or of two schedules (docs/comparing.md)."""

from __future__ import annotations

from twill.solver.compare.asked import Asked, Control
from twill.solver.compare.comparing import compare_schedules, compare_with_expert

__all__ = ["Asked", "Control", "compare_schedules", "compare_with_expert"]
