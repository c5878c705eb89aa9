from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.importers.dumps import Json, attention, edge, edges_of, nodes_of, plain, text_of
from twill.cli.totals import compare_totals
from twill.formats import json_schema
from twill.importers import FORMATS, READINGS

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump of our own in a file."""
    path = tmp_path / "small.ddg.json"
    path.write_text(text_of(attention()))
    return path


def test_import_and_solve(twill: Twill, dump: Path, tmp_path: Path) -> None:
    """What import writes, solve takes."""
    problem = tmp_path / "problem.json"
    result = twill("import", dump, "-o", problem)
    assert result.code == 0
    assert f"then: twill solve {problem}" in " ".join(result.out.split())
    jsonschema.validate(json.loads(problem.read_text()), json_schema("problem"))
    solved = twill("solve", problem, "--json", "--quiet")
    assert solved.code == 0
    assert solved.json["schedule"]["ii"] == 550


def test_the_account_in_words(twill: Twill, dump: Path) -> None:
    """Each part of the account has its heading, and bounds are compared."""
    out = twill("import", dump).out
    for heading in ("Taken over", "Assumed", "Left out", "Not understood", "Lower bounds"):
        assert heading in out
    assert "rec_mii   550   550  agree" in out


def test_the_account_as_json(twill: Twill, dump: Path) -> None:
    """The same for programs, with the problem and its digest."""
    document = twill("import", dump, "--machine", "b200", "--json").json
    assert document["schema"] == "twill/import/v1"
    jsonschema.validate(document["problem"], json_schema("problem"))
    account = document["account"]
    assert account["reading"] == "joint"
    assert {"what", "text", "reason", "ops"} == set(account["assumed"][0])
    assert account["not_understood"] == []
    assert {total["name"]: total["agrees"] for total in account["totals"]} == {
        "min_ii": True,
        "res_mii": True,
        "rec_mii": True,
    }


def test_unknown_kinds_are_shown_with_their_place(twill: Twill, tmp_path: Path) -> None:
    """A warning in the account, in words and as JSON; the exit code stays 0."""
    data = plain("CUDA 3 3 3", edges=[])
    nodes_of(data)[0]["op_kind"] = "new.thing"
    path = tmp_path / "x.ddg.json"
    path.write_text(text_of(data))
    result = twill("import", path)
    assert result.code == 0
    assert "warning: unknown kind of operation 'new.thing'" in " ".join(result.out.split())
    (noted,) = twill("import", path, "--json").json["account"]["not_understood"]
    assert noted["location"]["line"] > 1


def test_wrong_input_exits_with_2(twill: Twill, tmp_path: Path) -> None:
    """Faults go to stderr with place and caret; nothing is written."""
    data = plain("CUDA 3 3 3", edges=[edge(0, 4, 1)])
    edges_of(data)[0]["weight"] = 1
    path, problem = tmp_path / "x.ddg.json", tmp_path / "p.json"
    path.write_text(text_of(data))
    result = twill("import", path, "-o", problem)
    assert result.code == 2
    assert "there is no node 4" in result.err
    assert "unknown key 'weight'" in result.err
    assert not problem.exists()


def test_an_output_that_cannot_be_written(twill: Twill, dump: Path, tmp_path: Path) -> None:
    """It is an error of the command line, without a traceback."""
    result = twill("import", dump, "-o", tmp_path / "no" / "p.json")
    assert result.code == 2
    assert "cannot write" in result.err


def test_solving_a_graph_leads_to_import(twill: Twill, dump: Path) -> None:
    """Whoever gives a graph to solve is told what to do first."""
    result = twill("solve", dump)
    assert result.code == 2
    assert f"twill import {dump} -o problem.json" in " ".join(result.err.split())


def test_a_file_that_is_not_there(twill: Twill, dump: Path) -> None:
    """The nearest name is offered."""
    result = twill("import", dump.with_name("smal.ddg.json"))
    assert result.code == 2
    assert "did you mean 'small.ddg.json'?" in result.err


def test_the_choices_are_those_of_the_importers(twill: Twill) -> None:
    """The command line spells them out so that --help need not load an importer."""
    from twill.cli import import_

    assert tuple(FORMATS) == import_.FORMATS
    assert READINGS == import_.READINGS
    assert "--reading" in twill("import", "--help").out


def _totals(data: Json, **totals: int) -> dict[str, str]:
    from tests.importers.dumps import read

    data["loops"][0].update(totals)
    imported = read(data)
    account = imported.account
    found = compare_totals(account.totals, account.idle, imported.problem)
    return {c.name: c.reason for c in found}


def test_why_resource_bounds_differ() -> None:
    """A reason is given where the numbers bear it out, and not otherwise."""
    data = plain("CUDA 3 3 3", "CUDA 0 0 0", "CUDA 0 0 0", edges=[])
    explained = _totals(data, min_ii=5, res_mii=5, rec_mii=0)
    assert "counts 2 operations of no occupancy on CUDA as one cycle each" in explained["res_mii"]
    assert explained["min_ii"] == "follows from res_mii"
    assert explained["rec_mii"] == ""
    assert _totals(data, res_mii=7) == {
        **explained,
        "min_ii": "no reason known",
        "res_mii": "no reason known",
    }


def test_why_recurrence_bounds_differ() -> None:
    """A circuit that crosses iterations twice is not among those that the file counts."""
    data = plain(
        "CUDA 1 1 1", "CUDA 1 1 1", edges=[edge(0, 1, 30, 1), edge(1, 0, 30, 1), edge(0, 0, 5, 1)]
    )
    found = _totals(data, min_ii=5, res_mii=2, rec_mii=5)
    assert "crosses iterations 2 times" in found["rec_mii"]
    assert found["min_ii"] == "follows from rec_mii"
