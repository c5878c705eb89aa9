"""The timed event graph of a program: whether it is live, how fast it is, what a wait costs."""

from twill.lower.events.costs import SyncCosts
from twill.lower.events.program import program_graph
from twill.lower.events.timing import AddedWait, Timing, timing

__all__ = ["AddedWait", "SyncCosts", "Timing", "program_graph", "timing"]
