"""``twill/program/v1``: what is written is read back, and bad files are explained."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest

from tests.lower.shipped import PAIRS, solved
from twill.diagnostics import InputError
from twill.formats import json_schema, program_from_document, program_to_json
from twill.lower import WarpProgram, lower
from twill.lower.events import SyncCosts, timing
from twill.lower.lowering import usage_of
from twill.spec.machine import load_machine
from twill.spec.reader import parse_document

pairs = pytest.mark.parametrize(("loop", "machine"), PAIRS)


@cache
def lowered(loop: str, machine: str) -> tuple[WarpProgram, str]:
    """A shipped pair's program, and its JSON with timing."""
    made, schedule = solved(loop, machine)
    program = lower(made.problem, schedule)
    costs = SyncCosts.of(load_machine(machine))
    found = timing(usage_of(made.problem, schedule), program, costs)
    return program, json.dumps(program_to_json(program, found))


@pairs
def test_round_trip(loop: str, machine: str) -> None:
    """Reading gives an equal program, with timing or without."""
    program, text = lowered(loop, machine)
    assert program_from_document(parse_document(text, "program.json")) == program
    bare = json.dumps(program_to_json(program))
    assert program_from_document(parse_document(bare, "program.json")) == program


@pairs
def test_schema_accepts_what_is_written(loop: str, machine: str) -> None:
    """The JSON Schema says so too."""
    _, text = lowered(loop, machine)
    jsonschema.validate(json.loads(text), json_schema("program"))


def faults(change: Any) -> list[str]:
    """The messages for a gemm program with something changed."""
    _, text = lowered("gemm", "h100")
    data = json.loads(text)
    change(data)
    with pytest.raises(InputError) as caught:
        program_from_document(parse_document(json.dumps(data), "program.json"))
    return [f"{d.message}; {d.help}" if d.help else d.message for d in caught.value.diagnostics]


def first(data: Any, do: str) -> Any:
    """The first instruction of a kind."""
    return next(i for role in data["roles"] for i in role["body"] if i["do"] == do)


def test_a_barrier_that_is_not_there() -> None:
    """The nearest name is offered."""
    (message,) = faults(lambda data: first(data, "wait").update(barrier="A.emptY"))
    assert "A.emptY" in message
    assert "A.empty" in message


def test_every_reference_is_checked() -> None:
    """All at once, each at its place."""

    def change(data: Any) -> None:
        first(data, "run")["signals"] = [{"barrier": "nobody"}]
        first(data, "arrive")["after"] = "nothing"
        data["barriers"][0]["engines"] = ["nothing"]
        data["barriers"][0]["roles"] = ["nobody"]
        data["roles"][1]["name"] = data["roles"][0]["name"]

    found = faults(change)
    assert sum("unknown barrier 'nobody'" in message for message in found) == 1
    assert sum("unknown operation 'nothing'" in message for message in found) == 2
    assert sum("unknown role 'nobody'" in message for message in found) == 1
    assert sum("two roles are called" in message for message in found) == 1


def test_an_operation_in_two_places() -> None:
    """Each is run once in a body."""
    found = faults(lambda data: data["roles"][0]["body"].append(first(data, "run")))
    assert any("is run in two places" in message for message in found)


def test_an_instruction_of_no_kind() -> None:
    """The kinds that there are are told."""
    found = faults(lambda data: first(data, "wait").update(do="wate"))
    assert any("wait" in message for message in found)


def test_a_field_of_another_kind() -> None:
    """Unknown keys are errors."""
    found = faults(lambda data: first(data, "wait").update(op="C"))
    assert any("op" in message for message in found)
