from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twill.reports.terminal.layout import Column, bar, fields, paragraph, table
from twill.reports.terminal.page import Page, Span, clip, heading, length, render
from twill.reports.words import number, percent, quantity

CELLS = st.text(st.characters(codec="utf-8"), max_size=150)


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=6), st.integers(80, 120)
)
def test_tables_fit_the_page(rows: list[tuple[str, ...]], width: int) -> None:
    """Whatever is in its cells, no line of a table is wider than the page."""
    columns = (Column("a"), Column("b", ">"), Column("c", wrap=True), Column("d", wrap=True))
    lines = table(Page(width), columns, rows, indent=4)
    assert max(length(line) for line in lines) <= width


@given(CELLS, CELLS, st.integers(80, 120))
def test_text_fits_the_page(name: str, text: str, width: int) -> None:
    """Paragraphs and headings fit, too."""
    page = Page(width)
    lines = [*paragraph(page, text), *heading(page, clip(name, 40), text)]
    assert all(length(line) <= width for line in lines)


@given(st.text(max_size=200), st.booleans())
def test_no_control_character_gets_through(text: str, unicode: bool) -> None:
    """A name from a file cannot move the cursor or change colours."""
    out = render(Page(unicode=unicode), [(Span(text),)])
    assert out.endswith("\n")
    assert out[:-1].isprintable()
    assert unicode or out.isascii()


def test_wrapped_cells_keep_their_words() -> None:
    """A long cell goes on below, in its own column."""
    words = " ".join(f"word{i}" for i in range(30))
    lines = table(Page(80), (Column("name"), Column("text", wrap=True)), [("x", words)])
    text = " ".join("".join(span.text for span in line) for line in lines)
    assert [word for word in text.split() if word.startswith("word")] == words.split()


def test_bar_and_percent() -> None:
    """Only a full bar is full, only an empty one is empty."""
    assert bar(0, 10, 5) == "░░░░░"
    assert bar(1, 1000, 5) == "█░░░░"
    assert bar(20, 10, 5) == "█████"
    assert bar(0, 0, 2) == "░░"
    assert percent(2047, 2048) == "99%"
    assert percent(1, 0) == "-"


def test_numbers() -> None:
    """Thousands are set apart from five digits on; bytes read in KiB."""
    assert number(9999) == "9999"
    assert number(65536) == "65 536"
    assert quantity(32768, "bytes") == "32 KiB"
    assert quantity(100, "bytes") == "100 B"
    assert quantity(512, "columns") == "512 columns"


def test_fields_align() -> None:
    """Values stand below each other."""
    lines = fields(Page(80), [("a", "one"), ("longer", "two")])
    columns = [length(line) - len(line[-1].text) for line in lines]
    assert columns[0] == columns[1]
