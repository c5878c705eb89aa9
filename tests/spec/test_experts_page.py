"""docs/experts.md: its examples are read as they are, its table has every kernel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from twill.diagnostics import InputError
from twill.elaborate import elaborate
from twill.expert_match import roles_of
from twill.spec.expert import expert_from_document, load_expert, shipped_experts
from twill.spec.expert_models import ExpertModel
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.spec.reader import parse_document

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "experts.md").read_text("utf-8")


def test_the_example_is_a_kernel_that_fits_its_problem() -> None:
    """A reader can copy it."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    expert = expert_from_document(parse_document(text, "experts.md"))
    (pairing,) = expert.pairings
    loop, machine = load_loop(pairing.spec), load_machine(pairing.machine)
    problem = elaborate(loop, machine, pairing.parameters, pairing.subtile).problem
    assert roles_of(problem, expert) == {"A": "load", "B": "load", "C": "consumer"}


def test_the_python_example_runs_and_says_what_it_gives() -> None:
    """Its comments hold."""
    (text,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102
    roles, offsets, orders = (names[key] for key in ("roles", "offsets", "orders"))
    assert list(roles.items())[:1] == [("K", "load")]
    assert roles["S[m0]"] == "consumer m0"
    assert (offsets["K"], offsets["S[m0]"], offsets["O[m0]"]) == (1, 0, -1)
    assert list(orders["consumer m0"])[:2] == [("S[m0]",), ("O[m0]",)]


def test_the_table_has_every_kernel_with_what_it_is_compared_on() -> None:
    """No kernel is missing, and none is promised."""
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\w+) \| (.*) \|$", PAGE, re.MULTILINE)
    assert sorted(name for name, _, _ in rows) == list(shipped_experts())
    for name, machine, compared in rows:
        expert = load_expert(name)
        assert machine.lower() == expert.machine
        loops = dict.fromkeys(f"`{pairing.spec}`" for pairing in expert.pairings)
        assert compared == (", ".join(loops) or "nothing yet")


def test_every_key_is_explained() -> None:
    """The first column of the table of keys."""
    keys = {info.alias or name for name, info in ExpertModel.model_fields.items()} - {"schema"}
    first = re.findall(r"^\| (`[^|]*`) \|", PAGE, re.MULTILINE)
    assert keys <= {key for cell in first for key in re.findall(r"`(\w+)`", cell)}


def test_the_commit_of_the_page_that_reads_as_a_number_is_refused() -> None:
    """Without quotes it is a number; with them it is read."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    quoted = text.replace('"0123abc"', '"54e22612"')
    assert expert_from_document(parse_document(quoted, "t.yaml")).sources[0].commit == "54e22612"
    bare = quoted.replace('"54e22612"', "54e22612")
    with pytest.raises(InputError, match=r"t\.yaml:6:54: error: must be text"):
        expert_from_document(parse_document(bare, "t.yaml"))
