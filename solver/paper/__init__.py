"""Profile ``paper``: the published formulation (arXiv 2512.18134), constraint by constraint.

Figures 4, 5 and 6, the cost normalisation and Algorithm 1, solved with Z3 as in the paper with
Yices. What the paper leaves open is an option with a default; ``docs/paper_profile.md`` lists
them. Importing this package loads no engine.
"""

from __future__ import annotations

from twill.solver.paper.options import PaperOptions
from twill.solver.paper.outcome import PaperOutcome

__all__ = ["PaperOptions", "PaperOutcome"]
