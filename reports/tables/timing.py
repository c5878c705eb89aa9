"""What the event graph of a program says: live or not, how fast, what waits cost, what slack."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from twill.events.graph import Edge
from twill.lower.events import Timing
from twill.reports.tables.model import Cell, Column, Table, count, nothing, text

TITLE, NOTE = "Timing", "of the steady state, from the event graph"
BARE = (
    "What a wait and an arrive cost on the machine is not known of a bare problem; they are counted"
    " as nothing here."
)
HANGS = "The program hangs: these wait for each other."

_CIRCUIT = (
    Column("cycles", "cycles", ">"),
    Column("tokens", "tokens", ">"),
    Column("why", "circuit", wrap=True),
)
_SLACK = (
    Column("latency", "latency"),
    Column("stated", "cycles", ">"),
    Column("slack", "may grow by", ">"),
    Column("share", "", ">"),
)
_ADDED = (Column("event", "added wait"), Column("cycles", "costs", ">"))


def timing_facts(timing: Timing) -> list[tuple[str, str]]:
    """That it is live, and how fast it is; for a live program."""
    return [("live", "every circuit of waits carries a token"), *_speed(timing)]


def facts_table(timing: Timing) -> Table:
    """The facts of a live program as a table."""
    rows = tuple((text(name, "dim"), text(words)) for name, words in timing_facts(timing))
    return Table("facts", (Column("fact", ""), Column("is", "", wrap=True)), rows)


def timing_tables(timing: Timing) -> tuple[Table, ...]:
    """The circuit that hangs; else what sets the period, costly waits, and slack."""
    if timing.dead is not None:
        return (_circuit(timing.dead),)
    found = (
        Table("circuit", _CIRCUIT, ()) if timing.keeps else _circuit(timing.circuit),
        Table("added", _ADDED, tuple(_added(a.event, a.cycles) for a in timing.added)),
        _slack(timing),
    )
    return tuple(table for table in found if table.rows)


def cycles(value: Fraction) -> str:
    """Whole cycles, or one with what is left."""
    return str(value) if value.denominator == 1 else f"{float(value):.1f}"


def _added(event: str, cost: Fraction) -> tuple[Cell, ...]:
    return text(event), text(f"{cycles(cost)} cycles", value=float(cost))


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


def _circuit(circuit: Iterable[Edge]) -> Table:
    rows = tuple((count(edge.delay), count(edge.tokens), text(edge.why)) for edge in circuit)
    return Table("circuit", _CIRCUIT, rows)


def _slack(timing: Timing) -> Table:
    rows = tuple(
        (
            text(slack.latency),
            count(slack.stated),
            nothing("any") if slack.cycles is None else count(slack.cycles),
            nothing() if slack.share is None else text(f"{float(slack.share):.0%}"),
        )
        for slack in timing.slacks
    )
    return Table("slack", _SLACK, rows, long=len(rows) > 12)
