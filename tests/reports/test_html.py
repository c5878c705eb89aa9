"""The HTML report: what it says, that its markup is sound, that nothing breaks out of it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.hostile import NAMES, hostile_content
from tests.reports.contents import content, full, outcomes
from tests.reports.page_text import Page
from twill.reports.html import html_report
from twill.reports.tables.sections import sections
from twill.reports.verdict import proof_sentence

INVISIBLE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]"
KINDS = sorted(outcomes())


def test_what_a_page_says(golden: SnapshotAssertion) -> None:
    """Every word of a report with everything in it."""
    assert "\n".join(Page(html_report(full())).words) == golden


@pytest.mark.parametrize("kind", KINDS)
def test_markup_is_sound(kind: str) -> None:
    """Elements are closed in turn, ids are unique, links lead somewhere, headings are in order."""
    page = Page(html_report(outcomes()[kind]))
    assert page.faults == []
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    for link in page.all("href"):
        assert link == "data:," or link.removeprefix("#") in ids
    for named in page.all("aria-labelledby"):
        assert set(named.split()) <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched(kind: str) -> None:
    """One script, our own; no address of anything outside the file."""
    text = html_report(outcomes()[kind])
    page = Page(text)
    assert page.count("script") == 1
    assert page.all("src") == []
    assert not re.search(r"url\((?!#)|@import", text)
    assert set(re.findall(r"https?://[^\"' <]+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_section_is_on_the_page(kind: str) -> None:
    """Sections, the table of contents and the tables are those of the shared data."""
    found = outcomes()[kind]
    page = Page(html_report(found))
    words = "".join(page.words).replace(" ", "")
    expected = sections(found)
    assert [i for i in page.all("id") if i in {s.id for s in expected}] == [s.id for s in expected]
    assert page.count("table") == sum(len(section.tables) for section in expected)
    for section in expected:
        for table in section.tables:
            for cell in (cell for row in table.rows for cell in row):
                assert "".join(cell.text.split()) in words


@pytest.mark.parametrize("kind", ["infeasible", "unknown", "feasible"])
def test_what_is_not_proved_is_not_claimed(kind: str) -> None:
    """A report of anything but an optimum never says that no schedule is faster."""
    found = outcomes()[kind]
    words = " ".join(Page(html_report(found)).words)
    assert proof_sentence(found.outcome, found.bounds) in words
    assert "is faster" not in words
    assert ("no smaller one exists" in words) is False


def test_hostile_names_stay_text() -> None:
    """Names that try to break out end up as text: the same elements as with honest names."""
    page = Page(html_report(hostile_content()))
    assert page.faults == []
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not [name for _, found in page.tags for name in found if name.startswith("on")]
    assert "{{7*7}}" in " ".join(page.words)
    assert "49" not in [word for word in page.words if "7*7" in word]
    text = html_report(hostile_content())
    assert not re.search(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", text
    )


@pytest.mark.parametrize("name", NAMES)
def test_hostile_texts_of_every_kind(name: str) -> None:
    """Reasons, comparisons, assumptions and the machine's name are text, too."""
    honest = full()
    said = replace(honest.comparisons[0], theirs=name, sentence=name, notes=(name,), pairing=name)
    assumed = replace(honest.assumptions[0], name=name, value=name, source=name, note=name)
    context = replace(honest.context, machine=name, spec=name, tile=name)
    told = replace(honest, comparisons=(said,), assumptions=(assumed,), context=context)
    page = Page(html_report(told))
    assert page.faults == []
    assert page.count("script") == 1
    assert page.count("img") == 0


def test_same_content_same_page() -> None:
    """No time and no date is in it."""
    assert html_report(content()) == html_report(content())
