"""The JSON report: its schema, and that its data are the numbers of the schedule."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.hostile import hostile_content
from tests.reports.contents import full, outcomes
from twill.formats import json_schema
from twill.reports.report_json import report_to_json


@pytest.mark.parametrize("kind", [*sorted(outcomes()), "hostile"])
def test_reports_follow_their_schema(kind: str) -> None:
    """Every kind of report is what ``twill schema report`` says."""
    found = hostile_content() if kind == "hostile" else outcomes()[kind]
    if kind == "plain":
        found = outcomes()["optimal"]
    document = report_to_json(found)
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), json_schema("report"))


def test_cells_are_numbers() -> None:
    """What is a number in the report is one in its data."""
    document = json.loads(json.dumps(report_to_json(full())))
    tables = {
        (section["id"], table["id"]): table["rows"]
        for section in document["sections"]
        for table in section["tables"]
    }
    tensor = next(row for row in tables["bounds", "bounds"] if row["bound"] == "tensor")
    assert (tensor["ii"], tensor["binding"], tensor["share"]) == (2048, True, 1.0)
    first = tables["roles", "softmax0"][0]
    assert (first["cycle"], first["op"], first["waits_for"]) == (24, "S0@+1", "load_K@+1")
    assert tables["storage", "rings"][0]["total"] == 65536
    ii = tables["objective", "levels"][0]
    assert (ii["level"], ii["value"], ii["bound"]) == ("ii", 2048, 2048)
    kernel = tables["experts", "summary"][0]
    assert (kernel["kernel"], kernel["their_ii"]) == ("fa3_forward_hdim128", 2048)
    assert tables["sensitivity", "limits"][0]["alone"] == 2048
