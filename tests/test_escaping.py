"""Names and texts of an input cannot break out of anything that Twill writes.

A loop's and a machine's names are restricted to letters, digits and ``_ . - [ ]``; their titles,
and every name of a ``problem.json``, may be any text.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import NAMES, hostile, hostile_content
from tests.reports.markup_rules import inert
from tests.reports.svg.drawn import pictures
from tests.reports.trace_rules import violations
from twill.diagnostics import Diagnostic, Span, render
from twill.formats import problem_to_json, schedule_to_json
from twill.lower.cuda.names import comment, identifiers
from twill.reports.terminal import Page, report
from twill.reports.trace import trace_json
from twill.reports.view import View
from twill.text import visible

ANY_TEXT = st.text() | st.sampled_from(NAMES) | st.text("?/\\*\n ", max_size=9)


def acting(text: str) -> set[str]:
    """What of a text acts on a terminal instead of being seen, line breaks aside."""
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return {hex(ord(c)) for c in text if unicodedata.category(c) in kinds and c != "\n"}


@given(ANY_TEXT)
def test_visible_text_is_one_line(text: str) -> None:
    """Whatever it was; and what was plain is left as it is."""
    shown = visible(text)
    assert len(shown) == len(text)
    assert len(shown.splitlines()) <= 1
    assert not any(c < " " or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u200b" for c in shown)
    assert all(
        a == b or not a.isprintable() or b == "\ufffd" for a, b in zip(text, shown, strict=True)
    )
    assert visible(shown) == shown


@given(ANY_TEXT)
def test_a_comment_stays_a_comment(text: str) -> None:
    """One line, without what continues it in any standard, or opens or closes another kind."""
    line = comment(text)
    assert all(" " <= c <= "~" for c in line)
    assert not line.endswith(("\\", " "))
    assert not any(mark in line for mark in ("??", "/*", "*/"))


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
@pytest.mark.parametrize("standard", ["c++17", "c++14"])
def test_the_compiler_agrees(standard: str, tmp_path: Path) -> None:
    """Behind each comment comes a line that must survive; trigraphs are on."""
    texts = [*NAMES, "\\ \\", "???/", "????/ ", "\\\t\\", "é\\", "?é?/"]
    lines = [f"// {comment(text)}\nkept_{n}" for n, text in enumerate(texts)]
    path = tmp_path / "comments.cu.cpp"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [
        "g++",
        f"-std={standard}",
        "-trigraphs",
        "-E",
        "-P",
        "-Wcomment",
        "-Werror",
        str(path),
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stderr == ""
    assert found.stdout.split() == [f"kept_{n}" for n in range(len(texts))]


@given(st.lists(ANY_TEXT, unique=True, max_size=30))
def test_identifiers_are_identifiers(names: list[str]) -> None:
    """Each name has one of its own, of letters, digits and single underscores."""
    found = identifiers(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(re.fullmatch(r"[A-Za-z](_?[A-Za-z0-9])*", text) for text in found.values())


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_a_diagnostic_has_its_lines_and_no_more(message: str, help_: str, source: str) -> None:
    """A name in a message cannot pretend to be another message, nor move the cursor."""
    text = render([Diagnostic(message, Span("file.json", 1, 1, 1, source), help_)])
    assert text.count("\n") <= 3
    assert acting(text) == set()
    assert text.startswith("file.json:1:1: error: ")


def test_trace() -> None:
    """The importer's rules hold; no name ends a script element that the text is put into."""
    text = trace_json(hostile_content())
    assert violations(json.loads(text)) == []
    assert text.isascii()
    assert "<" not in text


@pytest.mark.parametrize("unicode", [True, False])
def test_terminal_report(unicode: bool) -> None:
    """Every operation is named in it, and nothing acts; in ASCII where that is asked for."""
    content = hostile_content()
    page = Page(100, unicode=unicode)
    text = report(page, content.problem, content.outcome, content.bounds, content.context)
    assert acting(text) == set()
    assert unicode or text.isascii()
    assert "</script><script>alert(1)</script>" in text


@pytest.mark.parametrize("standalone", [True, False])
def test_pictures(standalone: bool) -> None:
    """Every SVG: well-formed, inert, and no name reorders what is beside it."""
    for picture in pictures(View(*hostile()), standalone=standalone).values():
        assert acting(picture) == set()
        inert(picture)


def test_json_formats() -> None:
    """Names survive the exchange formats as they are."""
    problem, schedule = hostile()
    for document in (problem_to_json(problem), schedule_to_json(schedule)):
        assert json.loads(json.dumps(document)) == document
