from __future__ import annotations

import json
from pathlib import Path

import pydantic
import pytest

from twill.formats import KINDS, json_schema

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "schemas"
WRITTEN_WITH = "2.14"
"""Another pydantic may word the same schema differently."""


@pytest.mark.skipif(
    not pydantic.VERSION.startswith(f"{WRITTEN_WITH}."),
    reason="another pydantic",
)
@pytest.mark.parametrize("kind", KINDS)
def test_schema_file_is_current(kind: str) -> None:
    """Editors use the files; ``make schemas`` writes them from the models."""
    text = (FOLDER / f"{kind}.schema.json").read_text("utf-8")
    assert json.loads(text) == json_schema(kind), "run: make schemas"


def test_no_other_schema_files() -> None:
    """A format that is gone leaves no file behind."""
    assert {path.name for path in FOLDER.iterdir()} == {f"{kind}.schema.json" for kind in KINDS}


FOLDERS = {"specs": "loop", "hwmodels": "machine", "reports/experts": "expert"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_shipped_files_name_their_schema(folder: str) -> None:
    """The first line tells an editor where the schema is."""
    kind = FOLDERS[folder]
    path = f"{'../' * len(Path(folder).parts)}docs/schemas/{kind}.schema.json"
    line = f"# yaml-language-server: $schema={path}"
    files = sorted((ROOT / folder).glob("*.yaml"))
    assert files
    assert [path for path in files if path.read_text("utf-8").splitlines()[0] != line] == []
    assert (ROOT / folder / path).is_file()
