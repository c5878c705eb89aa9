"""The first page of the gallery, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from twill.reports.content import Content
from twill.reports.html.page import page_style
from twill.reports.markdown import escaped
from twill.reports.svg import thumbnail_svg
from twill.reports.tables.figures import figures
from twill.reports.verdict import proof_sentence, verdict

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Reports of the shipped loops</title>
<link rel="icon" href="data:,">
<style>
{style}
.cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 520px), 1fr));
  gap: 26px 34px; padding: 20px 0 40px; }}
.cards h2 {{ font-size: 19px; overflow-wrap: anywhere; }}
.cards .scroll > svg {{ min-width: 480px; }}
</style>
</head>
<body>
<a class="skip" href="#reports">Skip to the reports</a>
<header><div class="wrap">
<p class="kind">Twill</p>
<h1>Reports of the shipped loops</h1>
<p>Each loop on each machine that it is shipped for: the schedule with the smallest initiation
interval (II), how that is proved, and what it rests on. All figures are those of the model, none is
a measurement.</p>
</div></header>
<main id="reports" class="wrap"><div class="cards">
{cards}
</div></main>
</body>
</html>
"""

_README = """# Reports of the shipped loops

Made by `make gallery`; do not edit. Each `.html` file is a whole report, to be opened in a browser:
no network, no other file. `index.html` shows them all. What the sections say:
[docs/reports.md](../../docs/reports.md).

| loop on machine | verdict | report |
| --- | --- | --- |
{rows}

{pictures}
"""


def index_html(contents: Mapping[str, Content]) -> str:
    """The page with a card for every report."""
    cards = "\n".join(_card(name, content) for name, content in contents.items())
    return _PAGE.format(style=page_style(), cards=cards)


def readme(contents: Mapping[str, Content]) -> str:
    """The same as Markdown, with the periods as pictures."""
    rows = "\n".join(_row(name, content) for name, content in contents.items())
    pictures = "\n\n".join(
        f"## {_title(content)}\n\n{escaped(proof_sentence(content.outcome, content.bounds))}\n\n"
        f"![The period of {_title(content)}]({name}.svg)"
        for name, content in contents.items()
        if content.view is not None
    )
    return _README.format(rows=rows, pictures=pictures)


def _row(name: str, content: Content) -> str:
    said = escaped(verdict(content.outcome)[0])
    return f"| {_title(content)} | {said} | [{name}.html]({name}.html) |"


def _title(content: Content) -> str:
    machine = content.context.machine
    return escaped(f"{content.problem.name} on {machine}" if machine else content.problem.name)


def _card(name: str, content: Content) -> str:
    said, status = verdict(content.outcome)
    title = escape(f"{content.problem.name} on {content.context.machine}")
    line = " · ".join(f"{f.label} {f.value} {f.unit}".strip() for f in figures(content)[1:])
    view = content.view
    drawn = thumbnail_svg(view, ident=f"thumbnail-{name}") if view is not None else ""
    box = (
        f'<figure><div class="scroll" tabindex="0" role="region" aria-label="{title}, its period">'
    )
    return (
        f'<article><h2><a href="{name}.html">{title}</a></h2>\n'
        f'<p class="verdict {status}">{escape(said)}</p>\n'
        f'<p class="note">{escape(line)}</p>\n'
        f"{box}{drawn}</div></figure></article>"
    )
