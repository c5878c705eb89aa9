"""The terminal report of profile ``paper``: what was found, how, and what it does not say."""

from __future__ import annotations

from twill.problem import Problem
from twill.reports.context import Context
from twill.reports.terminal.layout import Cell, Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, clip, heading, render
from twill.reports.terminal.reason import reason_section
from twill.solver.paper.outcome import PaperOutcome, Step
from twill.solver.paper.solution import Solution

_STYLES = {
    "optimal": "bold good",
    "feasible": "bold warn",
    "infeasible": "bold bad",
    "unknown": "bold warn",
}
_STEPS_SHOWN = 12


def paper_report(page: Page, problem: Problem, outcome: PaperOutcome, context: Context) -> str:
    """The report as text, the same for the same answer; it holds no wall times."""
    lines = _headline(page, problem, outcome)
    lines += fields(page, _model(outcome, context))
    if outcome.reason is not None:
        lines += reason_section(page, "Why", outcome.reason, summary=True)
    if outcome.solution is not None:
        lines += _placements(page, outcome, outcome.solution)
        lines += _at_machine_cycles(page, outcome)
        lines += _admitted(page, outcome)
    lines += _search(page, outcome)
    lines += _normalisation(page, outcome)
    if outcome.program.notes:
        lines += heading(page, "How the problem was read")
        for note in outcome.program.notes:
            lines += paragraph(page, f"• {note}", hang=2)
    return render(page, lines)


def _headline(page: Page, problem: Problem, outcome: PaperOutcome) -> list[Line]:
    found = outcome.solution
    if found is None:
        verdict = f"profile paper: {outcome.status}"
    else:
        proved = "smallest" if outcome.status == "optimal" else "not proved smallest"
        verdict = f"profile paper: I {found.ii}, L {found.length}, {proved}"
    name = clip(page.plain(problem.name), page.width - len(verdict) - 4)
    lines: list[Line] = [(Span(name, "bold"), Span("  "), Span(verdict, _STYLES[outcome.status]))]
    if found is None:
        return lines
    text = f"{found.copies} copies, T {(found.copies - 1) * found.ii + found.length}"
    if outcome.normalisation is not None:
        cycles = outcome.cycles
        text += (
            f". In normalised cycles; about II {cycles['I']:.0f} and length {cycles['L']:.0f} in"
            " machine cycles, which bounds nothing there"
        )
    return [*lines, *paragraph(page, text)]


def _model(outcome: PaperOutcome, context: Context) -> list[tuple[str, str]]:
    rows = []
    if context.spec is not None:
        rows.append(("spec", f"{context.spec} {context.spec_digest[:12]}"))
    if context.machine is not None:
        rows.append(("machine", f"{context.machine} {context.machine_digest[:12]}"))
    rows.append(("problem", context.problem_digest[:12]))
    if context.tile:
        rows.append(("tile", context.tile))
    changed = outcome.options.changed()
    readings = ", ".join(f"{name}={value}" for name, value in changed.items())
    rows.append(("readings", readings or "all as documented (docs/paper_profile.md)"))
    return rows


def _placements(page: Page, outcome: PaperOutcome, found: Solution) -> list[Line]:
    """One line per place: its operations as they start, with their iteration offset."""
    what = "groups" if outcome.options.warps == "groups" else "warps"
    lines = heading(page, "Schedule", f"op start, by {what}; in normalised cycles")
    by_place: dict[tuple[int, ...], list[str]] = {}
    for name, places in found.places.items():
        by_place.setdefault(places, []).append(name)
    rows: list[tuple[str, str]] = []
    for places, names in sorted(by_place.items()):
        ordered = sorted(names, key=lambda name: found.start[name])
        label = " ".join(map(str, places)) or "-"
        if outcome.program.designated and places == (0,):
            label += " (variable latency)"
        rows.append((label, ", ".join(f"{name} {found.start[name]}" for name in ordered)))
    return lines + fields(page, rows)


def _at_machine_cycles(page: Page, outcome: PaperOutcome) -> list[Line]:
    replay = outcome.replay
    if replay is None:
        return []
    lines = heading(page, "At machine cycles", "stages, orders and warps kept")
    if replay.schedule is None:
        circuit = " → ".join((*replay.conflict, replay.conflict[0]))
        text = f"no II keeps this structure: {circuit} would have to wait for itself"
        return lines + paragraph(page, text, style="warn")
    lines += paragraph(page, f"II {replay.schedule.ii} cycles, length {replay.schedule.length}")
    if not replay.violations:
        return lines + paragraph(page, "It verifies: it is a schedule of the default profile too.")
    lines += paragraph(page, "It is not a schedule of the default profile:", style="warn")
    for violation in replay.violations:
        lines += paragraph(page, f"• {violation}", hang=2)
    return lines


def _admitted(page: Page, outcome: PaperOutcome) -> list[Line]:
    if not outcome.admitted:
        return []
    lines = heading(page, "What the paper's accounting admits here", "each repair by itself")
    for option, texts in outcome.admitted.items():
        lines += paragraph(page, f"{option}: {'; '.join(texts)}", hang=2)
    return lines


def _search(page: Page, outcome: PaperOutcome) -> list[Line]:
    """Algorithm 1, one line per I."""
    if not outcome.steps:
        return []
    first = outcome.first
    note = f"first modulo schedule at I {first[0]}, L {first[1]}" if first else ""
    lines = heading(page, "Algorithm 1", note)
    shown = outcome.steps[-_STEPS_SHOWN:]
    if len(shown) < len(outcome.steps):
        lines += paragraph(page, f"{len(outcome.steps) - len(shown)} earlier I not shown")
    columns = (
        Column("I", ">"),
        Column("LEN(M)", ">"),
        Column("copies", ">"),
        Column("joint system at L", wrap=True),
        Column("Z3 work", ">"),
    )
    return lines + table(page, columns, [_step(step) for step in shown])


def _step(step: Step) -> tuple[Cell, ...]:
    if step.length is None:
        why = "no modulo schedule" if step.decided else "phase 1 undecided"
        return str(step.ii), "-", "-", why, "-"
    copies = "/".join(dict.fromkeys(str(query.copies) for query in step.queries))
    asked = ", ".join(f"{query.length} {query.verdict}" for query in step.queries)
    work = sum(query.work for query in step.queries)
    return str(step.ii), str(step.length), copies, asked, f"{work:,}"


def _normalisation(page: Page, outcome: PaperOutcome) -> list[Line]:
    to = outcome.normalisation
    if to is None:
        return []
    note = f"F {to.F}, sum {to.total} of at most {outcome.options.U}"
    lines = heading(page, "Costs, normalised", note)
    images = ", ".join(f"{count} → {image}" for count, image in to.image.items())
    lines += paragraph(page, images)
    text = f"one cycle is {float(to.scale):.1f} machine cycles; off by up to {to.error:.0%}"
    if to.vanished:
        text += f"; {len(to.vanished)} counts became 0 and cost nothing"
    return lines + paragraph(page, text)
