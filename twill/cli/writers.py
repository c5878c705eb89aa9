"""A report's content in each of the formats that ``twill report`` writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twill.reports.content import Content
    from twill.reports.terminal import Page


def written(content: Content, form: str, page: Page) -> str:
    """The report as text of one of the formats; ``page`` is what the terminal can show."""
    if form == "text":
        from twill.reports.terminal import full_report

        return full_report(page, content)
    return _WRITERS[form](content)


def _html(content: Content) -> str:
    from twill.reports.html import html_report

    return html_report(content)


def _markdown(content: Content) -> str:
    from twill.reports.markdown import markdown_report

    return markdown_report(content)


def _json(content: Content) -> str:
    from twill.cli.output import json_text
    from twill.reports.report_json import report_to_json

    return json_text(report_to_json(content))


def _trace(content: Content) -> str:
    from twill.reports.trace import trace_json

    return trace_json(content)


def _dot(content: Content) -> str:
    from twill.reports.graphs import dot

    return dot(content)


def _mermaid(content: Content) -> str:
    from twill.reports.graphs import mermaid

    return mermaid(content)


_WRITERS: dict[str, Callable[[Content], str]] = {
    "html": _html,
    "markdown": _markdown,
    "json": _json,
    "trace": _trace,
    "dot": _dot,
    "mermaid": _mermaid,
}
