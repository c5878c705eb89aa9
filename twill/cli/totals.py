"""The lower bounds that a file states, beside those that arithmetic gives for the same graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twill.problem import Problem
from twill.solver.bounds import EXCLUSION, bounds


@dataclass(frozen=True, slots=True)
class Comparison:
    """One total: what the file ``stated``, what is ``computed``, and why they differ, if known."""

    name: str
    stated: int
    computed: int
    reason: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both are the same number."""
        return self.stated == self.computed


def compare_totals(
    totals: Mapping[str, int], idle: Mapping[str, tuple[str, ...]], problem: Problem
) -> tuple[Comparison, ...]:
    """Every total of a file beside ours; ``problem`` is the graph read for timing alone.

    ``idle``: per unit, the operations that are on it and hold it for no cycle.
    """
    resource, recurrence = _resource(problem), _recurrence(problem)
    computed = {"res_mii": resource, "rec_mii": recurrence, "min_ii": max(resource, recurrence)}
    found = []
    for name, stated in totals.items():
        reason = "" if stated == computed[name] else "no reason known"
        found.append(Comparison(name, stated, computed[name], reason))
    explained = {c.name: _reason(c, idle, problem) for c in found if not c.agrees}
    if explained and explained.get("min_ii") == "no reason known":
        others = [name for name in ("res_mii", "rec_mii") if explained.get(name)]
        if others and totals["min_ii"] == max(totals.get(n, 0) for n in ("res_mii", "rec_mii")):
            explained["min_ii"] = f"follows from {' and '.join(others)}"
    return tuple(Comparison(c.name, c.stated, c.computed, explained.get(c.name, "")) for c in found)


def _resource(problem: Problem) -> int:
    terms = [t for t in bounds(problem).terms if t.kind == "resource" and t.name != EXCLUSION]
    return max((term.ii for term in terms), default=0)


def _recurrence(problem: Problem) -> int:
    terms = [t for t in bounds(problem).terms if t.kind == "recurrence"]
    return max((term.ii for term in terms), default=0)


def _reason(found: Comparison, idle: Mapping[str, tuple[str, ...]], problem: Problem) -> str:
    if found.name == "res_mii":
        return _idle_reason(found, idle, problem)
    if found.name == "rec_mii" and found.computed > found.stated:
        return _circuit_reason(problem)
    return found.reason


def _idle_reason(found: Comparison, idle: Mapping[str, tuple[str, ...]], problem: Problem) -> str:
    """Whether an operation of no occupancy was counted as one cycle."""
    work = {t.name: t.ii for t in bounds(problem).terms if t.kind == "resource"}
    for unit, names in idle.items():
        if work.get(unit, 0) + len(names) == found.stated:
            few = f"{len(names)} operation{'s' if len(names) > 1 else ''}"
            what = f"the file counts {few} of no occupancy on {unit} as one cycle each"
            return f"{what}: {work.get(unit, 0)} + {len(names)} = {found.stated}"
    return found.reason


def _circuit_reason(problem: Problem) -> str:
    """Whether the binding circuit goes through several iterations at several places."""
    terms = [t for t in bounds(problem).terms if t.kind == "recurrence"]
    circuit = max(terms, key=lambda term: term.ii).ops
    carried = {(d.src, d.dst) for d in problem.dependences if d.distance}
    steps = list(zip(circuit, (*circuit[1:], circuit[0]), strict=True))
    crossed = [f"{u} -> {v}" for u, v in steps if (u, v) in carried]
    if len(crossed) < 2:
        return "no reason known"
    listed = ", ".join(crossed)
    return f"our circuit crosses iterations {len(crossed)} times ({listed}); the file counts one"
