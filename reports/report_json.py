"""A report as JSON (``twill/report/v1``): every section's data, in the order of the page."""

from __future__ import annotations

from twill.formats import outcome_to_json
from twill.reports.content import Content
from twill.reports.tables.figures import figures
from twill.reports.tables.model import Section, Table
from twill.reports.tables.sections import sections
from twill.reports.tables.verdict import proof_word
from twill.reports.verdict import verdict

Json = dict[str, object]

SCHEMA = "twill/report/v1"


def report_to_json(content: Content) -> Json:
    """The document: the outcome as ``solve --json`` prints it, then what a report says of it."""
    said, status = verdict(content.outcome)
    context = content.context
    return {
        "schema": SCHEMA,
        "name": content.problem.name,
        "verdict": said,
        "status": status,
        "proof": proof_word(content),
        "model": {
            "problem_sha256": context.problem_digest,
            "spec": context.spec,
            "spec_sha256": context.spec_digest or None,
            "machine": context.machine,
            "machine_sha256": context.machine_digest or None,
            "profile": content.problem.profile,
            "max_stages": content.problem.limits.max_stages,
        },
        "figures": [
            {"label": f.label, "value": f.value, "unit": f.unit, "note": f.note}
            for f in figures(content)
        ],
        "sections": [_section(section) for section in sections(content)],
        "outcome": outcome_to_json(content.outcome),
    }


def _section(section: Section) -> Json:
    return {
        "id": section.id,
        "title": section.title,
        "note": section.note,
        "paragraphs": [said.text for said in section.paragraphs],
        "tables": [_table(table) for table in section.tables],
    }


def _table(table: Table) -> Json:
    keys = [column.key for column in table.columns]
    return {
        "id": table.id,
        "title": table.title,
        "note": table.note,
        "columns": [{"key": column.key, "title": column.title} for column in table.columns],
        "rows": [dict(zip(keys, (cell.value for cell in row), strict=True)) for row in table.rows],
    }
