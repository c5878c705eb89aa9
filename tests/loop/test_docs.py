"""The examples of docs/loops.md are complete and mean what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twill.elaborate import Elaboration, elaborate
from twill.loop import Loop
from twill.spec.loop import loop_from_document
from twill.spec.loop_kinds import KINDS
from twill.spec.loop_models import CostModel, LoopModel, OperationModel
from twill.spec.machine import load_machine
from twill.spec.reader import parse_document

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "loops.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def _loop(name: str) -> Loop:
    (text,) = (block for block in BLOCKS if f"\nname: {name}\n" in block)
    return loop_from_document(parse_document(text, "loops.md"))


def _joined(name: str, machine: str) -> Elaboration:
    return elaborate(_loop(name), load_machine(machine))


@pytest.mark.parametrize("machine", ["a100", "h100", "b200"])
@pytest.mark.parametrize("name", ["matmul", "scores", "stated"])
def test_examples_join_every_shipped_gpu(name: str, machine: str) -> None:
    """A reader can copy an example and solve it."""
    assert _joined(name, machine).problem.ops


def test_no_example_is_left_out() -> None:
    """Every YAML block of the page is one of those above."""
    assert len(BLOCKS) == 3


def test_target_of_the_page() -> None:
    """b200 has its own M and the loop's factor; h100 has its own factors."""
    assert _joined("scores", "b200").parameters["M"] == 256
    assert _joined("scores", "b200").subtile == {"M": 2}
    assert _joined("scores", "h100").subtile == {"M": 2, "N": 2}
    assert _joined("scores", "h100").problem.trips == 128


def test_stated_costs_of_the_page() -> None:
    """Defaults as the table has them: latency until the last unit is free."""
    op = _joined("stated", "h100").problem.op
    assert op["work"].latency == 40
    assert (op["fetch"].variable_latency, op["fetch"].asynchronous) == (True, True)
    assert (op["sum"].latency, op["sum"].issue, op["sum"].warps) == (8, 1, 1)


@pytest.mark.parametrize("model", [LoopModel, OperationModel, CostModel])
def test_every_key_is_described(model: type) -> None:
    """No key of the schema is missing from the page."""
    fields = model.model_fields  # type: ignore[attr-defined]
    keys = {field.alias or name for name, field in fields.items()}
    assert {key for key in keys if f"`{key}" not in PAGE} == set()


def test_every_kind_is_described() -> None:
    """Each kind has its row, with the keys that it needs."""
    rows: dict[str, str] = {}
    for row in re.findall(r"^\| `.*$", PAGE, re.MULTILINE):
        rows.setdefault(row.split("`")[1], row)
    for kind, keys in KINDS.items():
        assert all(f"`{key}`" in rows[kind] for key in keys.needs - {"in"}), kind
