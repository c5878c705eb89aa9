"""Comparisons as text: the word, both structures side by side, the criteria, what parts cost."""

from __future__ import annotations

from collections.abc import Sequence

from twill.comparison import Comparison, Cost, Criterion, Range
from twill.expert import Expert
from twill.reports.comparing import ABOUT, CONTROLS, COSTS, NOTES, PUBLISHED, STYLES, more
from twill.reports.terminal.layout import Cell, Column, fields, paragraph, table
from twill.reports.terminal.page import Line, Page, Span, clip, heading, render
from twill.reports.terminal.side_by_side import side_by_side

_MARKS = {
    "same": Span("✓ ", "good"),
    "different": Span("✗ ", "bad"),
    "not decided": Span("? ", "warn"),
    "not comparable": Span("– ", "dim"),
}
_SUMMARY = (
    Column("kernel", wrap=True),
    Column("compared on", wrap=True),
    Column("ours", ">"),
    Column("theirs", ">"),
    Column("word"),
)
_COSTS = (Column("", wrap=True), Column("II", ">"), Column("more", ">"), Column("proof"))


def comparison_report(
    page: Page,
    found: Sequence[Comparison],
    missing: Sequence[Expert] = (),
    interrupted: bool = False,
) -> str:
    """Every comparison in full, a table of all in front where there are several."""
    lines: list[Line] = []
    if len(found) > 1 or missing:
        lines += [
            (Span("Comparisons", "bold"),),
            (),
            *_summary(page, found),
            *_missing(page, missing),
        ]
    for each in found:
        lines += [(), ()] if lines else []
        lines += _one(page, each)
    if interrupted:
        lines += [(), (Span("interrupted: what was not decided by then is open", "warn"),)]
    return render(page, lines)


def _summary(page: Page, found: Sequence[Comparison]) -> list[Line]:
    rows: list[tuple[Cell, ...]] = [
        (
            Span(each.expert or each.theirs, "name"),
            each.pairing,
            str(each.our_ii),
            str(each.their_ii),
            Span(each.word, STYLES[each.word]),
        )
        for each in found
    ]
    return table(page, _SUMMARY, rows)


def _missing(page: Page, missing: Sequence[Expert]) -> list[Line]:
    if not missing:
        return []
    lines = heading(page, "Not compared", "what a comparison would need")
    for each in missing:
        lines += paragraph(page, f"{each.name}: {' '.join(each.missing)}", hang=2)
    return lines


def _one(page: Page, found: Comparison) -> list[Line]:
    titles = page.plain(f"{found.ours} and {found.theirs}")
    titles = clip(titles, page.width - len(found.word) - 2)
    word = Span(found.word, STYLES[found.word])
    lines: list[Line] = [(word, Span("  "), Span(titles, "bold"))]
    lines += [*paragraph(page, found.sentence), (), *fields(page, _facts(found))]
    lines += side_by_side(page, found.our_roles, found.their_roles)
    lines += heading(page, "Criteria", "✓ same  ✗ different  ? not decided  – not comparable")
    for each in found.criteria:
        lines += _criterion(page, each)
    lines += _costs(page, found, *COSTS, found.costs)
    lines += _costs(page, found, *CONTROLS, found.controls)
    lines += _said(page, *PUBLISHED, found.published)
    return [*lines, *_said(page, *NOTES, found.notes)]


def _facts(found: Comparison) -> list[tuple[str, str]]:
    rows = [
        ("ours", _ii(found.our_ii)),
        ("theirs", _ii(found.their_ii)),
        ("compared on", found.pairing),
        ("problem", found.problem_sha256[:8]),
        ("about", ABOUT),
    ]
    return [(name, text) for name, text in rows if text]


def _ii(found: Range) -> str:
    if found.low is None:
        return f"no schedule at any II ({found.proof})"
    return f"II {found} ({found.proof})"


def _criterion(page: Page, each: Criterion) -> list[Line]:
    title = f"{each.id} {each.title}"
    lines: list[Line] = [(Span("  "), _MARKS[each.answer], Span(page.plain(title), "bold"))]
    for text in each.evidence:
        lines += paragraph(page, text, indent=7, hang=2)
    return lines


def _costs(
    page: Page, found: Comparison, title: str, note: str, costs: Sequence[Cost]
) -> list[Line]:
    if not costs:
        return []
    rows: list[tuple[Cell, ...]] = [
        (each.what, str(each.ii), more(found.our_ii, each.ii), Span(each.ii.proof, "dim"))
        for each in costs
    ]
    return [*heading(page, title, note), *table(page, _COSTS, rows)]


def _said(page: Page, title: str, note: str, sentences: Sequence[str]) -> list[Line]:
    if not sentences:
        return []
    told = [line for text in sentences for line in paragraph(page, f"• {text}", hang=2)]
    return [*heading(page, title, note), *told]
