from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from twill.formats import KINDS, json_schema
from twill.spec.reader import read_document

ROOT = Path(__file__).resolve().parents[2]
LOOPS = sorted((ROOT / "specs").rglob("*.yaml"))
MACHINES = sorted((ROOT / "hwmodels").rglob("*.yaml"))
EXPERTS = sorted((ROOT / "reports" / "experts").rglob("*.yaml"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_a_schema(kind: str) -> None:
    """Each is a valid draft 2020-12 schema with a name of its own that says its version."""
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"twill/{kind}/v1"


@pytest.mark.parametrize("path", LOOPS, ids=lambda p: p.stem)
def test_shipped_loops_fit_their_schema(path: Path) -> None:
    """An editor that uses the schema marks nothing in a shipped loop."""
    jsonschema.validate(read_document(path).data, json_schema("loop"))


@pytest.mark.parametrize("path", MACHINES, ids=lambda p: p.stem)
def test_shipped_machines_fit_their_schema(path: Path) -> None:
    """An editor that uses the schema marks nothing in a shipped machine."""
    jsonschema.validate(read_document(path).data, json_schema("machine"))


@pytest.mark.parametrize("path", EXPERTS, ids=lambda p: p.stem)
def test_shipped_experts_fit_their_schema(path: Path) -> None:
    """An editor that uses the schema marks nothing in a shipped expert's kernel."""
    jsonschema.validate(read_document(path).data, json_schema("expert"))


def test_something_is_shipped() -> None:
    """The tests above must not pass for want of files."""
    assert {"figure1", "gemm", "flash_attention_forward", "flash_attention_backward"} <= {
        p.stem for p in LOOPS
    }
    assert {"figure1", "a100", "h100", "b200"} <= {p.stem for p in MACHINES}
    assert {"fa3_forward_hdim128", "fa4_forward_hdim128"} <= {p.stem for p in EXPERTS}


@pytest.mark.parametrize("kind", ["problem", "loop", "machine", "expert"])
def test_a_schema_refuses_unknown_keys(kind: str) -> None:
    """A misspelt key is marked in the editor already."""
    assert json_schema(kind)["additionalProperties"] is False


def test_an_unknown_kind_is_a_key_error() -> None:
    """The command line offers the kinds; anything else is a programming error."""
    with pytest.raises(KeyError):
        json_schema("nothing")
