"""Bounds and impossibilities by arithmetic, as steps of a certificate with all their terms."""

from __future__ import annotations

from typing import Any

from twill.problem import Problem
from twill.solver.bounds import EXCLUSION, Bound, Bounds
from twill.solver.circuits import Arc
from twill.storage import buffers

Step = dict[str, Any]


def bound_step(problem: Problem, bound: Bound) -> Step:
    """No II is below the bound."""
    if bound.arcs:
        return {"kind": bound.kind, **_circuit(bound.arcs), "ii": bound.ii}
    step: Step = {"kind": bound.kind}
    if bound.kind == "role":
        step |= {"name": bound.name, "other": bound.other}
    elif bound.name == EXCLUSION:
        step["kind"] = EXCLUSION
    else:
        step |= {"unit": bound.name, "capacity": problem.unit[bound.name].capacity}
    total = sum(bound.terms.values()) + bound.other
    return {**step, "ops": dict(bound.terms), "sum": total, "ii": bound.ii}


def impossible_step(problem: Problem, limits: Bounds) -> Step | None:
    """There is no II at all, where a sum over a memory or a circuit says so."""
    if limits.endless:
        return {"kind": "endless circuit", **_circuit(limits.endless)}
    for memory in problem.memories:
        lines = {i.name: i.size for i in problem.invariants if i.space == memory.name}
        lines |= {ring.name: ring.size for ring in buffers(problem) if ring.memory == memory.name}
        total = sum(lines.values())
        if total > memory.capacity:
            room = {"sum": total, "capacity": memory.capacity}
            return {"kind": "memory", "memory": memory.name, "lines": lines, **room}
    return None


def _circuit(arcs: tuple[Arc, ...]) -> Step:
    return {
        "arcs": [
            {
                "src": arc.src,
                "dst": arc.dst,
                "delay": arc.delay,
                "distance": arc.distance,
                "why": _listed(arc.source),
            }
            for arc in arcs
        ],
        "delay": sum(arc.delay for arc in arcs),
        "distance": sum(arc.distance for arc in arcs),
    }


def _listed(source: Any) -> Any:
    return [_listed(each) for each in source] if isinstance(source, tuple) else source
