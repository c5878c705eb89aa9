"""Why not faster: what forbids an II, what would lift it, what each constraint allows.

Everything here is answered by solving problems with some constraints lifted
(``twill.relaxation``); nothing is guessed from a schedule.
"""

from __future__ import annotations

from twill.solver.explain.core import minimal_core
from twill.solver.explain.explanation import Question, explain
from twill.solver.explain.limits import what_each_allows
from twill.solver.explain.oracle import Oracle
from twill.solver.explain.remedies import faster, remedies
from twill.solver.explain.speeds import speed_table

__all__ = [
    "Oracle",
    "Question",
    "explain",
    "faster",
    "minimal_core",
    "remedies",
    "speed_table",
    "what_each_allows",
]
