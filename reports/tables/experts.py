"""The comparison with experts' kernels, criterion by criterion."""

from __future__ import annotations

from collections.abc import Sequence

from twill.comparison import Comparison, Criterion, Range
from twill.reports.tables.model import Cell, Column, Section, Table, Text, joined, nothing, text

TITLE = "Comparison with experts"
MODEL_ONLY = (
    "The words are about structure and about the II of the model; how fast a kernel runs is"
    " something to measure."
)

_WORDS = {
    "rediscovered": "good",
    "tie": "good",
    "better in the model": "good",
    "worse": "bad",
}
_ANSWERS = {"same": "good", "different": "warn"}
_SUMMARY = (
    Column("kernel", "kernel", wrap=True),
    Column("word", "ours is"),
    Column("our_ii", "our II", ">"),
    Column("their_ii", "their II", ">"),
    Column("pairing", "compared on", wrap=True),
)
_CRITERIA = (
    Column("id", ""),
    Column("criterion", "criterion"),
    Column("answer", "answer"),
    Column("evidence", "evidence", wrap=True),
)


def experts_section(comparisons: Sequence[Comparison]) -> Section:
    """The section; empty without comparisons."""
    if not comparisons:
        return Section("experts", TITLE)
    summary = Table("summary", _SUMMARY, tuple(_summary(c) for c in comparisons))
    details = tuple(_criteria(i, c) for i, c in enumerate(comparisons, 1))
    return Section(
        "experts",
        TITLE,
        paragraphs=(Text(MODEL_ONLY, "dim"),),
        tables=(summary, *details),
    )


def _summary(found: Comparison) -> tuple[Cell, ...]:
    return (
        text(found.theirs, "bold"),
        text(found.word, _WORDS.get(found.word, "")),
        _range(found.our_ii),
        _range(found.their_ii),
        text(found.pairing),
    )


def _range(found: Range) -> Cell:
    """An II, or what is known of it."""
    if found.high is None:
        words = f"≥ {found.low}" if found.low is not None and not found.why else "-"
        return nothing(found.why or words)
    if found.low == found.high:
        return text(str(found.high), value=found.high)
    return text(str(found.high) if found.low is None else f"{found.low}..{found.high}")


def _criteria(index: int, found: Comparison) -> Table:
    return Table(
        f"criteria{index}",
        _CRITERIA,
        tuple(_criterion(criterion) for criterion in found.criteria),
        title=found.theirs,
        note=" ".join((found.sentence, *found.notes)),
    )


def _criterion(criterion: Criterion) -> tuple[Cell, ...]:
    return (
        text(criterion.id, "dim"),
        text(criterion.title),
        text(criterion.answer, _ANSWERS.get(criterion.answer, "")),
        joined([Text(" ".join(criterion.evidence))]),
    )
