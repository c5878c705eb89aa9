"""What the event graph of a program says: live or not, how fast, what waits cost, what slack."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from twill.events.graph import Edge
from twill.lower.events import Timing
from twill.reports.terminal.layout import Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, heading, render

_CIRCUIT = (Column("cycles", ">"), Column("tokens", ">"), Column("circuit", wrap=True))
_SLACK = (Column("latency"), Column("cycles", ">"), Column("may grow by", ">"), Column("", ">"))
_ADDED = (Column("added wait"), Column("costs", ">"))


def timing_text(page: Page, timing: Timing) -> str:
    """The section as text."""
    lines = heading(page, "Timing", "of the steady state, from the event graph")
    if timing.dead is not None:
        lines += paragraph(page, "The program hangs: these wait for each other.")
        return render(page, [*lines, (), *_circuit(page, timing.dead)])
    lines += fields(page, [("live", "every circuit of waits carries a token"), *_speed(timing)])
    if not timing.keeps:
        lines += [(), *_circuit(page, timing.circuit)]
    if timing.added:
        rows = [(a.event, f"{cycles(a.cycles)} cycles") for a in timing.added]
        lines += [(), *table(page, _ADDED, rows)]
    lines += [(), *_slack(page, timing)]
    return render(page, lines)


def cycles(value: Fraction) -> str:
    """Whole cycles, or one with what is left."""
    return str(value) if value.denominator == 1 else f"{float(value):.1f}"


def _speed(timing: Timing) -> Iterable[tuple[str, str]]:
    if timing.cycles is None:
        yield "cycles", "no period at all with the orders that the schedule has"
        return
    yield "cycles", f"{cycles(timing.cycles)} per iteration, {_against(timing, timing.cycles)}"
    if timing.longer is not None:
        more = "with all asynchronous, hand-off and barrier latencies longer by a quarter"
        yield "longer", f"{cycles(timing.longer)} per iteration {more}"


def _against(timing: Timing, found: Fraction) -> str:
    """The figure beside the II."""
    if found == timing.ii:
        return "as the schedule says"
    if found < timing.ii:
        return f"the schedule says {timing.ii}: what it keeps apart, engines keep apart sooner"
    alone = "" if timing.model is None else f"; {cycles(timing.model)} without what was added"
    return f"{cycles(found - timing.ii)} more than the schedule's {timing.ii}{alone}"


def _circuit(page: Page, circuit: Iterable[Edge]) -> list[Line]:
    rows = [(str(edge.delay), str(edge.tokens), edge.why) for edge in circuit]
    return table(page, _CIRCUIT, rows)


def _slack(page: Page, timing: Timing) -> list[Line]:
    rows = []
    for slack in timing.slacks:
        share = "" if slack.share is None else f"{float(slack.share):.0%}"
        rows.append((slack.latency, str(slack.stated), _growth(slack.cycles), share))
    return table(page, _SLACK, rows)


def _growth(slack: int | None) -> str:
    return "any" if slack is None else str(slack)
