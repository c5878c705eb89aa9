"""The Markdown report: what it says, that tables are tables, that nothing breaks out of it."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.hostile import NAMES, hostile_content
from tests.reports.contents import full, outcomes
from twill.reports.markdown import escaped, markdown_report

KINDS = sorted(outcomes())


def test_markdown_of_a_full_report(golden: SnapshotAssertion) -> None:
    """The whole text."""
    assert markdown_report(full()) == golden


def without_code(text: str) -> str:
    """A report without its block of code, in which nothing is markup."""
    left = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "```" not in left
    return left


@pytest.mark.parametrize("kind", [*KINDS, "hostile"])
def test_rows_are_as_wide_as_their_heads(kind: str) -> None:
    """Every row of a table has as many cells as its head; details are closed."""
    found = hostile_content() if kind == "hostile" else outcomes()[kind]
    text = re.sub(
        r"^(`{3,})text\n.*?^\1$", "", markdown_report(found), flags=re.DOTALL | re.MULTILINE
    )
    width = None
    for line in text.splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = line.count("|") - 1
        width = width or cells
        assert cells == width, line
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")


def test_hostile_names_stay_text() -> None:
    """No tag but our own, no mention, no link, no fence within the fence."""
    text = markdown_report(hostile_content())
    assert set(
        re.findall(r"<(/?[a-z]+)", re.sub(r"(?s)^(`{3,})text.*?^\1$", "", text, flags=re.MULTILINE))
    )
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    tags = set(re.findall(r"</?([A-Za-z!][\w-]*)", outside))
    assert tags <= {"details", "summary", "b", "code"}
    assert "](" not in outside
    assert "@" not in outside


@pytest.mark.parametrize("name", NAMES)
def test_escaped_text_is_one_line_without_markup(name: str) -> None:
    """Whatever a name holds, what is left are characters and references to characters."""
    text = escaped(name)
    assert "\n" not in text
    bare = re.sub(r"&#\d+;", "", text)
    assert not re.search(r"[\\`*_{}\[\]<>#+!|~@$&]|:(?=\S)", bare)
