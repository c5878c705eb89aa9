"""A problem: what an operation costs, and who waits for whom."""

from __future__ import annotations

from twill.problem import Op, Problem
from twill.reports.notebook.markup import cell, drawn, ident, line, table
from twill.reports.svg import dependence_graph_svg
from twill.reports.words import quantity
from twill.solver.bounds import bounds
from twill.text import visible


def problem_html(problem: Problem) -> str:
    """The dependences as a picture, then operations, units and memories."""
    count = f"{len(problem.ops)} operations, {len(problem.dependences)} dependences"
    at_most = f"schedules of at most {problem.limits.max_stages} stages"
    parts = [
        line(problem.name, f": {count}, {at_most}"),
        drawn(problem_svg(problem)),
        table(
            ("op", "issue", "latency", "warps", "units", "result", "kind"),
            [_row(problem, op) for op in problem.ops],
        ),
    ]
    if problem.units:
        rows = [[u.name, u.capacity, "fluid" if u.fluid else ""] for u in problem.units]
        parts.append(table(("unit", "capacity", ""), rows))
    if problem.memories:
        rows = [[m.name, quantity(m.capacity, m.unit)] for m in problem.memories]
        parts.append(table(("memory", "capacity"), rows))
    return cell(*parts)


def problem_svg(problem: Problem) -> str:
    """The dependence graph, the circuit that needs the largest II bold."""
    found = bounds(problem)
    circuits = [term for term in found.terms if term.arcs]
    arcs = max(circuits, key=lambda term: term.ii).arcs if circuits else found.endless
    return dependence_graph_svg(problem, arcs, ident=ident(problem), standalone=True)


def _row(problem: Problem, op: Op) -> list[str | int]:
    result = "-"
    if op.result is not None:
        memory = problem.memory.get(op.result.space)
        size = quantity(op.result.size, memory.unit if memory is not None else "")
        result = f"{op.result.space} {size}"
    return [op.name, op.issue, op.latency, op.warps, _units(op), result, _kind(op)]


def _units(op: Op) -> str:
    parts = [
        f"{visible(unit)} {sum(use.length for use in uses)}"
        for unit, uses in op.reservations.items()
        if uses
    ]
    return ", ".join(parts) or "no unit"


def _kind(op: Op) -> str:
    if op.streaming:
        return "streaming load"
    if op.variable_latency:
        return "load"
    return "asynchronous" if op.asynchronous else ""
