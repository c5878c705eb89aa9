"""The numbers that a result rests on, and what the operations cost because of them."""

from __future__ import annotations

from collections import Counter

from twill.reports.content import Assumption, Content
from twill.reports.tables.model import Cell, Column, Section, Table, Text, count, nothing, text

TITLE = "Assumptions"
UNKNOWN_ORIGIN = (
    "The problem was given as integers: which machine they are from, and who says so, is not known"
    " here."
)
CONFIDENCE = {
    "documented": "good",
    "microbenchmarked": "good",
    "derived": "",
    "estimated": "warn",
    "hypothetical": "bad",
}
_NUMBERS = (
    Column("name", "number"),
    Column("value", "value"),
    Column("confidence", "confidence"),
    Column("source", "source"),
    Column("note", "note", wrap=True),
)
_SOURCES = (Column("key", "source"), Column("citation", "what it is", wrap=True))
_COSTS = (
    Column("op", "op"),
    Column("quantity", "cost"),
    Column("value", "value", ">"),
    Column("formula", "arithmetic", wrap=True),
    Column("from", "from", wrap=True),
)


def assumptions_section(content: Content) -> Section:
    """Every number of the machine that the result rests on; where nothing is known, that."""
    if not content.assumptions:
        said = (Text(UNKNOWN_ORIGIN),) if content.context.machine is None else ()
        return Section("assumptions", TITLE, paragraphs=said)
    tables = (_numbers(content), _costs(content), _sources(content))
    return Section(
        "assumptions",
        TITLE,
        "the machine's numbers that this result rests on",
        (Text(_confidences(content)),),
        tuple(table for table in tables if table.rows),
    )


def _confidences(content: Content) -> str:
    """How many numbers there are of each confidence."""
    counts = Counter(assumption.confidence for assumption in content.assumptions)
    known = [f"{counts[word]} {word}" for word in CONFIDENCE if counts[word]]
    return f"{len(content.assumptions)} numbers: {', '.join(known)}."


def _numbers(content: Content) -> Table:
    rows = tuple(_number(assumption) for assumption in content.assumptions)
    return Table("numbers", _NUMBERS, rows, "Numbers of the machine", long=True)


def _number(found: Assumption) -> tuple[Cell, ...]:
    return (
        text(found.name, "name"),
        text(found.value),
        text(found.confidence, CONFIDENCE.get(found.confidence, "")),
        text(found.source),
        text(found.note) if found.note else nothing(),
    )


def _costs(content: Content) -> Table:
    rows = tuple(
        (
            text(op, "name"),
            text(line.quantity),
            count(line.value, f"{line.value} {line.unit}"),
            text(line.formula),
            text(", ".join(source.name for source in line.sources)),
        )
        for op, lines in content.costs.items()
        for line in lines
    )
    return Table("costs", _COSTS, rows, "What each operation costs", long=True)


def _sources(content: Content) -> Table:
    cited = dict(sorted(pair for a in content.assumptions for pair in a.cited))
    rows = tuple((text(key), text(citation)) for key, citation in cited.items())
    return Table("sources", _SOURCES, rows, "Sources", long=True)
