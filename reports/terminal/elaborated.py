"""A problem as text: its ops with every cost, and where each cost came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twill.costs import CostLine
from twill.problem import Op, Problem
from twill.reports.context import Context
from twill.reports.terminal.layout import Column, fields, paragraph, table
from twill.reports.terminal.machine import measure, sources
from twill.reports.terminal.page import Line, Page, Span, fit, heading, render
from twill.reports.words import quantity

_OPS = (
    Column("op"),
    Column("issue", ">"),
    Column("latency", ">"),
    Column("units", wrap=True),
    Column("", wrap=True),
)
_DEPENDENCES = (
    Column("from"),
    Column(""),
    Column("to"),
    Column("delay", ">"),
    Column("distance", ">"),
    Column("kind"),
    Column("", wrap=True),
)


def problem_report(
    page: Page,
    problem: Problem,
    context: Context,
    costs: Mapping[str, tuple[CostLine, ...]],
    moves: Sequence[str] = (),
) -> str:
    """The elaborated problem; ``costs`` by op, empty for a bare problem.json.

    ``moves``: operations that elaboration put in, since no memory suited both ends.
    """
    lines: list[Line] = [(Span(page.plain(problem.name), "bold"), Span(_size(problem)))]
    lines += fields(page, _summary(problem, context))
    lines += _costs(page, problem, costs, moves) if costs else _plain_ops(page, problem)
    lines += _dependences(page, problem)
    used = [source for rows in costs.values() for row in rows for source in row.sources]
    return render(page, lines + sources(page, used))


def _size(problem: Problem) -> str:
    return f"  {len(problem.ops)} ops, {len(problem.dependences)} dependences"


def _summary(problem: Problem, context: Context) -> list[tuple[str, str]]:
    rows = []
    for name, value, digest in (
        ("spec", context.spec, context.spec_digest),
        ("machine", context.machine, context.machine_digest),
    ):
        if value:
            rows.append((name, f"{value}  sha256 {digest}"))
    rows.append(("problem", f"sha256 {context.problem_digest}"))
    if problem.units:
        rows.append(("units", ", ".join(f"{u.name} {u.capacity}" for u in problem.units)))
    if problem.memories:
        memories = (f"{m.name} {quantity(m.capacity, m.unit)}" for m in problem.memories)
        rows.append(("memories", ", ".join(memories)))
    if problem.invariants:
        rows.append(("invariants", ", ".join(f"{i.name} in {i.space}" for i in problem.invariants)))
    rows.append(("stages", f"at most {problem.limits.max_stages}"))
    return rows


def _costs(
    page: Page,
    problem: Problem,
    costs: Mapping[str, tuple[CostLine, ...]],
    moves: Sequence[str],
) -> list[Line]:
    """For every op its costs, and under each the numbers of the machine that it comes from."""
    every = [line for rows in costs.values() for line in rows]
    widths = (
        max((len(line.quantity) for line in every), default=0),
        max((len(_value(line)) for line in every), default=0),
    )
    lines = heading(page, "Operations", "every cost, its arithmetic and its sources")
    for i, op in enumerate(problem.ops):
        lines += [*([()] if i else []), _title(page, problem, op, op.name in moves)]
        for line in costs.get(op.name, ()):
            lines += _cost(page, line, widths)
    return lines


def _cost(page: Page, line: CostLine, widths: tuple[int, int]) -> list[Line]:
    formula = "" if line.formula in {str(line.value), _value(line)} else line.formula
    row = (
        Span(line.quantity.ljust(widths[0]), "name"),
        _value(line).ljust(widths[1]),
        f"= {formula}" if formula else "",
    )
    lines = table(page, (Column(""), Column(""), Column("", wrap=True)), [row], indent=4)
    for source in line.sources:
        text = f"{source.name} {measure(source)} ({source.source}, {source.confidence})"
        style = "warn" if source.confidence == "estimated" else "dim"
        lines += paragraph(page, text, indent=8, hang=2, style=style)
    return lines


def _value(line: CostLine) -> str:
    return f"{line.value} {line.unit}"


def _title(page: Page, problem: Problem, op: Op, moved: bool) -> Line:
    note = "  a move put in by elaboration," if moved else ""
    spans = (
        Span("  "),
        Span(page.plain(op.name), "bold name"),
        Span(note, "warn"),
        Span(f"{' ' if moved else '  '}{traits(problem, op)}", "dim"),
    )
    return fit(spans, page.width)


def traits(problem: Problem, op: Op) -> str:
    """Warps, kind of completion and result of an op, in a few words."""
    words = [f"{op.warps} warp{'s' if op.warps != 1 else ''}"]
    if op.streaming:
        words.append("streaming")
    elif op.variable_latency:
        words.append("variable latency")
    if op.asynchronous:
        words.append("asynchronous")
    if op.result is not None:
        words.append(_result(problem, op))
    if op.in_place is not None:
        past = f"@-{op.in_place.distance}" if op.in_place.distance else ""
        words.append(f"in place of {op.in_place.op}{past}")
    return ", ".join(words)


def _result(problem: Problem, op: Op) -> str:
    assert op.result is not None
    if op.in_registers:
        plural = "s" if op.result.size != 1 else ""
        return f"{op.result.size} register{plural} per thread"
    unit = problem.memory[op.result.space].unit
    return f"{quantity(op.result.size, unit)} of {op.result.space}"


def _plain_ops(page: Page, problem: Problem) -> list[Line]:
    rows = [
        (
            Span(op.name, "name"),
            str(op.issue),
            str(op.latency),
            ", ".join(
                f"{unit} {sum(use.length * use.amount for use in uses)}"
                for unit, uses in op.reservations.items()
            )
            or "-",
            traits(problem, op),
        )
        for op in problem.ops
    ]
    return [*heading(page, "Operations"), *table(page, _OPS, rows)]


def _dependences(page: Page, problem: Problem) -> list[Line]:
    if not problem.dependences:
        return []
    rows = [
        (
            Span(d.src, "name"),
            "→",
            Span(d.dst, "name"),
            str(d.delay),
            str(d.distance),
            d.kind,
            "blocking wait" if d.blocking else "",
        )
        for d in problem.dependences
    ]
    return [*heading(page, "Dependences"), *table(page, _DEPENDENCES, rows)]
