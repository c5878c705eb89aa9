"""Solvers: bounds, the joint model, the search for the smallest II.

Importing this package loads no engine; ``solve`` loads OR-Tools when it is called.
"""

from __future__ import annotations

from twill.solver.bounds import Bound, Bounds, bounds
from twill.solver.disagreement import VerificationFailed
from twill.solver.options import Progress, SolveOptions, Stop
from twill.solver.search import solve

__all__ = [
    "Bound",
    "Bounds",
    "Progress",
    "SolveOptions",
    "Stop",
    "VerificationFailed",
    "bounds",
    "solve",
]
