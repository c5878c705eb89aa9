"""A report as one HTML file: no network, no external script, readable without any script."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from twill.formats.canonical import schedule_digest
from twill.reports.content import Content
from twill.reports.html.pictures import Picture, picture, picture_style
from twill.reports.tables.figures import figures
from twill.reports.tables.model import Section, Text
from twill.reports.tables.sections import sections
from twill.reports.verdict import verdict
from twill.reports.words import percent
from twill.text import visible


def html_report(content: Content) -> str:
    """The whole file as text, the same for the same content."""
    said, status = verdict(content.outcome)
    verdict_part, *rest = sections(content)
    template = _environment().get_template("report.html.j2")
    return template.render(
        name=content.problem.name,
        machine=content.context.machine,
        problem_digest=content.context.problem_digest,
        schedule_digest=schedule_digest(content.schedule) if content.schedule else "",
        said=said,
        status=status,
        figures=figures(content),
        verdict=verdict_part,
        sections=rest,
        pictures={section.id: _pictures(content, section) for section in rest},
        style=Markup(page_style()),  # noqa: S704 - our own files
        script=Markup(_read("report.js")),  # noqa: S704 - our own file
    )


def page_style() -> str:
    """The style sheet of a page and of its pictures."""
    return _read("report.css") + picture_style()


def _pictures(content: Content, section: Section) -> list[Picture]:
    found = (picture(content, name) for name in section.pictures)
    return [each for each in found if each is not None]


def _read(name: str) -> str:
    return files("twill.reports.html").joinpath(name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("twill.reports.html", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["percent"] = percent
    environment.filters["width"] = _width
    environment.tests["words"] = lambda part: isinstance(part, Text)
    return environment


def _shown(value: object) -> object:
    """Text as it may stand on a page: no control characters, nothing that turns its direction."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _width(part: int, whole: int) -> str:
    """How much of a bar is filled, in percent for CSS."""
    return f"{min(100.0, 100 * part / whole):.4g}" if whole > 0 else "0"
