"""A report as Markdown for a pull request or an issue: GitHub's tables, long parts folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from twill.reports.content import Content
from twill.reports.tables.figures import figures
from twill.reports.tables.model import Cell, Gauge, Section, Table, Text
from twill.reports.tables.sections import sections
from twill.reports.terminal import Page
from twill.reports.terminal.page import render
from twill.reports.terminal.timeline import timeline
from twill.reports.terminal.view import TerminalView
from twill.reports.words import percent
from twill.text import visible

_OPEN = {"verdict", "reason", "timeline", "bounds", "objective", "experts"}
"""Sections that are not folded."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~@$&]|:(?=\S))")
"""Parentheses mean nothing without brackets, a colon nothing before a blank."""


def markdown_report(content: Content) -> str:
    """The whole report, the same for the same content."""
    verdict, *rest = sections(content)
    machine = f" on {escaped(content.context.machine)}" if content.context.machine else ""
    lines = [
        f"## {escaped(content.problem.name)}{machine}",
        "",
        f"**{escaped(verdict.title)}**",
        "",
    ]
    lines += [*_paragraphs(verdict), *_figures(content), *_tables(verdict)]
    for section in rest:
        lines += _section(content, section)
    return "\n".join(lines).rstrip() + "\n"


def escaped(words: str) -> str:
    """Text in which nothing is markup, a link or a mention, on one line."""
    plain = " ".join(visible(words).split())
    return _SPECIAL.sub(lambda match: f"&#{ord(match[1])};", plain)


def _section(content: Content, section: Section) -> Iterator[str]:
    title = escaped(section.title)
    folded = section.id not in _OPEN
    yield from (
        (f"<details><summary><b>{title}</b></summary>", "") if folded else (f"### {title}", "")
    )
    if section.note:
        yield from (escaped(section.note), "")
    if section.id == "timeline":
        yield from _period(content)
    yield from _paragraphs(section)
    yield from _tables(section)
    if folded:
        yield from ("</details>", "")


def _paragraphs(section: Section) -> Iterator[str]:
    for said in section.paragraphs:
        if said.text[:2] in ("• ", "→ "):
            yield f"- {escaped(said.text[2:])}"
            continue
        yield from (escaped(said.text), "")
    if section.paragraphs and section.paragraphs[-1].text[:2] in ("• ", "→ "):
        yield ""


def _figures(content: Content) -> Iterator[str]:
    found = figures(content)
    yield _row(escaped(figure.label) for figure in found)
    yield _row("---" for _ in found)
    yield _row(f"**{escaped(f'{figure.value} {figure.unit}'.strip())}**" for figure in found)
    yield ""


def _period(content: Content) -> Iterator[str]:
    """The terminal's timeline as a block of code."""
    if content.view is None:
        return
    page = Page(100)
    drawn = render(page, timeline(page, TerminalView(content.problem, content.view.schedule))[2:])
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", drawn)), default=0))
    yield from (f"{fence}text", drawn.rstrip(), fence, "")


def _tables(section: Section) -> Iterator[str]:
    for table in section.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield from (f"**{escaped(table.title)}** {escaped(table.note)}".rstrip(), "")
    if table.long:
        yield from (f"<details><summary>{len(table.rows)} rows</summary>", "")
    yield _row(escaped(column.title) for column in table.columns)
    yield _row("--:" if column.align == ">" else "---" for column in table.columns)
    yield from (_row(_cell(cell) for cell in row) for row in table.rows)
    yield ""
    if table.note and not table.title:
        yield from (escaped(table.note), "")
    if table.long:
        yield from ("</details>", "")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return "".join(_part(part) for part in cell.parts)


def _part(part: Text | Gauge) -> str:
    if isinstance(part, Gauge):
        return percent(part.part, part.whole)
    words = escaped(part.text)
    if not words:
        return " " if part.text else ""
    before = " " if part.text[:1] == " " else ""
    after = " " if part.text[-1:] == " " else ""
    if "name" in part.mark:
        words = f"<code>{words}</code>"
    elif "bold" in part.mark:
        words = f"**{words}**"
    return f"{before}{words}{after}"
