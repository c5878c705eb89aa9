"""The comparison with experts' kernels: the word, criteria, structures, what parts cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twill.comparison import Column as Role
from twill.comparison import Comparison, Cost, Criterion, Range
from twill.reports.comparing import ABOUT, CONTROLS, COSTS, NOTES, PUBLISHED, STYLES, more
from twill.reports.structures import STRUCTURES, budget, rows, tile_of, title, without
from twill.reports.tables.model import Cell, Column, Section, Table, Text, joined, text

TITLE = "Comparison with experts"

_ANSWERS = {"same": "good", "different": "bad", "not decided": "warn", "not comparable": "dim"}
_SUMMARY = (
    Column("kernel", "kernel", wrap=True),
    Column("word", "ours is"),
    Column("our_ii", "ours", ">"),
    Column("their_ii", "theirs", ">"),
    Column("pairing", "compared on", wrap=True),
)
_ROLES = (Column("ours", "ours"), Column("theirs", "theirs"))
_CRITERIA = (
    Column("id", ""),
    Column("criterion", "criterion", wrap=True),
    Column("answer", "answer"),
    Column("evidence", "evidence", wrap=True),
)
_COSTS = (
    Column("what", "", wrap=True),
    Column("ii", "II", ">"),
    Column("more", "more", ">"),
    Column("proof", "proof"),
)
_SAID = (Column("said", "", wrap=True),)


def experts_section(comparisons: Sequence[Comparison]) -> Section:
    """The section; empty without comparisons."""
    if not comparisons:
        return Section("experts", TITLE)
    summary = Table("summary", _SUMMARY, tuple(_summary(c) for c in comparisons))
    several = len(comparisons) > 1
    details = [t for i, c in enumerate(comparisons, 1) for t in _details(i, c, several)]
    return Section("experts", TITLE, paragraphs=(Text(ABOUT, "dim"),), tables=(summary, *details))


def _summary(found: Comparison) -> tuple[Cell, ...]:
    return (
        text(found.theirs, "bold", found.expert or found.theirs),
        text(found.word, STYLES[found.word]),
        _range(found.our_ii),
        _range(found.their_ii),
        text(found.pairing),
    )


def _range(found: Range) -> Cell:
    """An II, or what is known of it."""
    return text(str(found), value=found.high if found.exact else None)


def _details(index: int, found: Comparison, several: bool) -> Iterator[Table]:
    """Everything about one kernel; the criteria first, with the sentence that they come to."""
    of = f": {found.theirs}" if several else ""
    criteria = tuple(_criterion(criterion) for criterion in found.criteria)
    yield Table(f"criteria{index}", _CRITERIA, criteria, found.theirs, found.sentence)
    structure = tuple(_roles(found.our_roles, found.their_roles))
    name, note = STRUCTURES
    yield Table(f"roles{index}", _ROLES, structure, name + of, note, long=True)
    for id, (name, note), costs in (
        ("costs", COSTS, found.costs),
        ("controls", CONTROLS, found.controls),
    ):
        cells = tuple(_cost(found.our_ii, cost) for cost in costs)
        if cells:
            yield Table(f"{id}{index}", _COSTS, cells, name + of, note)
    for id, (name, note), sentences in (
        ("published", PUBLISHED, found.published),
        ("notes", NOTES, found.notes),
    ):
        if sentences:
            said = tuple((text(sentence),) for sentence in sentences)
            yield Table(f"{id}{index}", _SAID, said, name + of, note)


def _criterion(criterion: Criterion) -> tuple[Cell, ...]:
    return (
        text(criterion.id, "dim"),
        text(criterion.title),
        text(criterion.answer, _ANSWERS[criterion.answer]),
        joined([Text("; ".join(said.rstrip(".") for said in criterion.evidence))]),
    )


def _cost(ours: Range, cost: Cost) -> tuple[Cell, ...]:
    return (
        text(cost.what),
        _range(cost.ii),
        text(more(ours, cost.ii)),
        text(cost.ii.proof, "dim"),
    )


def _roles(ours: Sequence[Role], theirs: Sequence[Role]) -> Iterator[tuple[Cell, ...]]:
    """Role by role a row of names, then the steps of both, the same on one row."""
    for our, their in zip(ours, theirs, strict=True):
        tile = tile_of(our, their)
        yield _role(our, tile), _role(their, tile)
        for left, right, same in rows(our, their):
            mark = "name" if same else "name warn"
            yield text(without(left, tile), mark), text(without(right, tile), mark)


def _role(role: Role, tile: str) -> Cell:
    return joined([Text(title(role, tile), "bold"), Text(f"  {budget(role)}", "dim")])
