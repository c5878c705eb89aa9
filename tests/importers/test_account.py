from __future__ import annotations

import json
from typing import Any

import pytest

from tests.importers.dumps import Json, attention, curated, read
from twill.cli.plain import to_json
from twill.importers import Imported
from twill.importers.types import TypeName
from twill.machine import Machine
from twill.problem import REGISTER


def _told(imported: Imported) -> str:
    """The whole account and the whole problem as one text."""
    return json.dumps([to_json(imported.account), to_json(imported.problem)])


@pytest.mark.parametrize("reading", ["timing", "memory", "joint"])
@pytest.mark.parametrize("source", [attention, curated], ids=["ddg", "curated"])
def test_every_node_is_in_the_problem_or_in_the_account(
    b200: Machine, source: Any, reading: str
) -> None:
    """An operation that is not in the problem is named as taken out or contracted."""
    whole = read(source()).problem
    imported = read(source(), b200 if reading != "timing" else None, reading=reading)
    told = _told(imported)
    assert all(f'"{op.name}"' in told for op in whole.ops)


def test_attributes_of_the_compilers_answer_are_listed() -> None:
    """What is known to be an answer, and what is not known, are both named."""
    data = attention()
    data["ops"]["s"]["attributes"] |= {"loop.stage": 3, "mood": "good"}
    left = {note.what: note.text for note in read(data).account.left_out}
    assert left["attributes of an answer"] == "loop.stage"
    assert left["other attributes"] == "mood, operandSegmentSizes"


def test_timing_says_what_it_leaves_out() -> None:
    """Footprints, registers, spill costs and blocking edges are not dropped in silence."""
    left = {note.what: note.text for note in read(curated()).account.left_out}
    assert left["footprints in memories"] == "of 4 results"
    for part in ("roles", "registers", "spill costs", "blocking waits"):
        assert part in left["roles and registers"]
    dump = {note.what: note.text for note in read(attention()).account.left_out}
    assert dump["memory budgets"] == "shared 232448, tensor 262144 bytes"
    assert "allocations" in dump


def test_every_assumption_has_a_reason(b200: Machine) -> None:
    """Whatever is assumed or left out says why."""
    for data in (attention(), curated()):
        for imported in (read(data), read(data, b200), read(data, b200, rings=True)):
            notes = (*imported.account.assumed, *imported.account.left_out)
            assert notes
            assert all(note.reason for note in notes)


def test_a_dependence_that_no_operand_explains_is_said() -> None:
    """It is kept, as a value that is read."""
    data = attention()
    extra: Json = {"src": 6, "dst": 10, "kind": "data", "distance": 0, "latency": 280}
    data["loops"][0]["ddg"]["edges"].append(extra)
    imported = read(data)
    assert any((d.src, d.dst) == ("exp2_6", "mulf_10") for d in imported.problem.dependences)
    notes = {note.what: note.text for note in imported.account.assumed}
    assert "exp2_6 -> mulf_10" in notes["unmatched dependences"]


def test_a_budget_that_differs_from_the_machines_is_said(b200: Machine) -> None:
    """The machine that was asked for counts."""
    data = attention()
    data["config"]["smem_budget_bytes"] = 100_000
    imported = read(data, b200)
    assert imported.problem.memory["shared"].capacity == 232448
    notes = {note.what: note for note in imported.account.assumed}
    assert "the file has 100000 bytes" in notes["capacity of memories"].reason


@pytest.mark.parametrize(
    ("text", "space", "size"),
    [
        ("tensor<128x64xf32, #ttg.linear<{register = [[0, 1]]}>>", REGISTER, 32768),
        ("tensor<128xbf16>", REGISTER, 256),
        ("tensor<16xi1>", REGISTER, 2),
        ("tensor<8x!tt.ptr<f16>>", REGISTER, 64),
        ("tensor<4x4xf8E5M2>", REGISTER, 16),
        ("!ttg.memdesc<2x64x128xf16, #x<{b = 16}>, #ttg.shared_memory, mutable>", "shared", 32768),
        ("!ttg.memdesc<9x8xi8, #ttng.tensor_memory_encoding<>, #ttng.tensor_memory>", "tensor", 72),
    ],
)  # fmt: skip
def test_types(text: str, space: str, size: int) -> None:
    """Shape, element and memory are read out of what the compiler prints."""
    tile = TypeName(text).tile
    assert tile is not None
    assert (tile.space, tile.bytes) == (space, size)


@pytest.mark.parametrize(
    "text",
    ["i32", "!ttg.async.token", "!ttg.memdesc<4xf32, #ttng.tensor_memory_encoding<a>>", "tensor<"],
)
def test_types_without_a_tile(text: str) -> None:
    """A memory that is not named is not guessed: an encoding is no memory."""
    assert TypeName(text).tile is None
