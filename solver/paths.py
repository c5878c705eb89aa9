"""Longest paths through one iteration."""

from __future__ import annotations

from twill.problem import Problem
from twill.storage import constraint_dependences


def critical_path(problem: Problem) -> int:
    """Cycles from the first start to the last result along same-iteration dependences."""
    ready = {op.name: 0 for op in problem.ops}
    arcs = [d for d in constraint_dependences(problem) if d.distance == 0 and d.src != d.dst]
    for _ in problem.ops:
        changed = False
        for d in arcs:
            at = ready[d.src] + d.delay
            if at > ready[d.dst]:
                ready[d.dst] = at
                changed = True
        if not changed:
            break
    return max(ready[op.name] + op.latency for op in problem.ops)
