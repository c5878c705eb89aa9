"""Loop x Machine -> Problem: sub-tiles, placement, costs, dependences."""

from __future__ import annotations

from twill.elaborate.elaboration import Elaboration, elaborate

__all__ = ["Elaboration", "elaborate"]
