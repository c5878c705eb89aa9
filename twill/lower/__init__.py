"""From a schedule to one program per role: instructions, rings, barriers, memory."""

from twill.lower.lowering import lower, orderings
from twill.lower.missing import confused_phases, missing_orderings
from twill.lower.program import WarpProgram

__all__ = ["WarpProgram", "confused_phases", "lower", "missing_orderings", "orderings"]
