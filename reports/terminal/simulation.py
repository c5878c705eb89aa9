"""What the runs of a program show: values, speed, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twill.problem import Problem
from twill.reports.terminal.layout import Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, heading, render
from twill.simulate import Execution, Simulation
from twill.simulate.known import Comparison

MOST = 5
"""Findings that are told; one fault shows in many runs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A simulation, its values beside the textbook's, and the iterations of the fixed run."""

    simulation: Simulation
    comparisons: tuple[Comparison, ...]
    trips: int

    @property
    def well(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.simulation.findings and all(c.holds for c in self.comparisons)


def simulation_report(page: Page, problem: Problem, outcome: Outcome) -> str:
    """The verdict, speed and values; then the runs, what they found, and busy units."""
    lines: list[Line] = [_verdict(page, problem, outcome), ()]
    lines += fields(page, [*_speed(outcome), *_values(outcome)])
    lines += _findings(page, outcome.simulation.executions)
    lines += _runs(page, outcome.simulation.executions)
    if outcome.simulation.busy:
        lines += _busy(page, problem, outcome.simulation)
    return render(page, lines)


def _verdict(page: Page, problem: Problem, outcome: Outcome) -> Line:
    count = len(outcome.simulation.executions)
    runs = f"{count} run{'s' if count != 1 else ''}"
    name = Span(page.plain(problem.name), "bold name")
    if outcome.well:
        return (name, Span("  simulated: ", "bold good"), Span(f"{runs}, nothing went wrong"))
    wrong = len(outcome.simulation.findings)
    said = f"  {wrong} of {runs} went wrong" if wrong else "  the values are not the textbook's"
    return (name, Span(said, "bold bad"))


def _speed(outcome: Outcome) -> list[tuple[str, str]]:
    s = outcome.simulation
    if s.cycles_per_iteration is None:
        return [("speed", f"not measured: {_why_not(outcome)}")]
    text = f"{s.cycles_per_iteration:g} cycles per iteration in the steady state, II {s.ii}"
    if s.in_schedule_order is not None and s.in_schedule_order != s.cycles_per_iteration:
        text += f"; {s.in_schedule_order:g} if every unit served operations in the schedule's order"
    return [("speed", text)]


def _why_not(outcome: Outcome) -> str:
    if any(e.latencies == "fixed" for e in outcome.simulation.executions):
        return "too few iterations for a steady state" if outcome.well else "something went wrong"
    return "no run has the model's latencies"


def _values(outcome: Outcome) -> list[tuple[str, str]]:
    rows = []
    if not outcome.simulation.findings:
        rows.append(("values", "every operation as in the loop in program order"))
    for c in outcome.comparisons:
        verdict = "within" if c.holds else "more than"
        text = (
            f"off the textbook by {c.error:.1e} of the largest element, {verdict} {c.tolerance:g}"
        )
        rows.append((c.name, text))
    return rows


def _findings(page: Page, executions: Sequence[Execution]) -> list[Line]:
    wrong = [e for e in executions if e.finding is not None]
    if not wrong:
        return []
    told: dict[tuple[str, str, str], Execution] = {}
    for e in wrong:
        assert e.finding is not None
        told.setdefault((e.finding.kind, e.finding.role, e.finding.help), e)
    lines = heading(page, "Findings", "each run ends with the first")
    for e in list(told.values())[:MOST]:
        lines += _finding(page, e)
    if len(told) > MOST:
        lines += paragraph(page, f"and {len(told) - MOST} more", style="dim")
    return lines


def _finding(page: Page, execution: Execution) -> list[Line]:
    f = execution.finding
    assert f is not None
    where = f"{f.role}, warp {f.warp}, cycle {f.cycle}: {f.where}"
    lines: list[Line] = [
        (Span("  ✗ ", "bad"), Span(f.kind, "bold bad"), Span(f"  {page.plain(where)}"))
    ]
    lines += paragraph(page, f.message, indent=6)
    lines += paragraph(page, f.help, indent=6)
    run = f"seen with {execution.trips} iterations, {execution.latencies}"
    return [*lines, *paragraph(page, run, indent=6, style="dim")]


def _runs(page: Page, executions: Sequence[Execution]) -> list[Line]:
    """A line per kind: how many, how long, how many went wrong."""
    kinds: dict[str, list[Execution]] = {}
    for e in executions:
        kinds.setdefault(e.kind, []).append(e)
    columns = (
        Column("latencies"),
        Column("runs", ">"),
        Column("iterations", ">"),
        Column("cycles", ">"),
        Column("wrong", ">"),
        Column("", wrap=True),
    )
    rows = [
        (
            kind,
            str(len(runs)),
            _span([e.trips for e in runs]),
            _span([e.cycles for e in runs]),
            str(sum(e.finding is not None for e in runs)),
            _MEANING[kind],
        )
        for kind, runs in kinds.items()
    ]
    return [*heading(page, "Runs"), *table(page, columns, rows)]


_MEANING = {
    "fixed": "the model's",
    "random": "up to four times the model's, warps drift apart",
    "adversarial": "one engine's completions, one role or one warp as late as can be",
}


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def _busy(page: Page, problem: Problem, simulation: Simulation) -> list[Line]:
    rows = [
        (f"{name}{' ~' if problem.unit[name].fluid else ''}", f"{share:.0%}")
        for name, share in simulation.busy.items()
    ]
    columns = (Column("unit"), Column("busy", ">"))
    note = "of the unit's capacity, in the steady state"
    return [*heading(page, "Units", note), *table(page, columns, rows)]
