from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema

from tests.reports.hand_made import attention
from twill.formats import json_schema, problem_to_json
from twill.spec.machine import load_machine, shipped_machines

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_machine_shows_every_number_with_its_source(twill: Twill) -> None:
    """Whatever is in the file is in the report, with confidence and the meaning of its source."""
    for name in shipped_machines():
        out = twill("show", "--machine", name).out
        machine = load_machine(name)
        for quantity in machine.quantities:
            assert quantity.name.rsplit(".", 1)[-1][:20] in out
            assert quantity.confidence in out
            assert quantity.source.split(", ")[0] in out
        assert "Sources" in out


def test_machine_as_json(twill: Twill) -> None:
    """Every number can be read by a program."""
    document = twill("show", "--machine", "h100", "--json").json
    assert document["name"] == "h100"
    assert {"name", "value", "unit", "source", "confidence"} <= set(document["quantities"][0])


def test_problem_file(twill: Twill, attention_json: Path) -> None:
    """A bare problem shows its ops and dependences."""
    out = twill("show", attention_json).out
    for op in attention().ops:
        assert op.name in out
    assert "blocking wait" in out


def test_problem_prints_problem_json(twill: Twill, attention_json: Path) -> None:
    """``--problem`` prints what ``solve`` reads."""
    document = twill("show", attention_json, "--problem").json
    jsonschema.validate(document, json_schema("problem"))
    assert document == problem_to_json(attention())


def test_schemas_are_printed(twill: Twill) -> None:
    """Every kind has a schema that is one."""
    for kind in ("problem", "schedule", "outcome", "loop", "machine"):
        result = twill("schema", kind)
        assert result.code == 0
        jsonschema.Draft202012Validator.check_schema(json.loads(result.out))
