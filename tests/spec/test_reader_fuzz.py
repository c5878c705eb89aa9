from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twill.diagnostics import InputError
from twill.formats import problem_from_document, schedule_from_document
from twill.spec.nodes import split_lines
from twill.spec.reader import parse_document, read_document

_yaml_like = st.text(alphabet="ab01:-[]{}, \n\t#&*!|>'\"%@`?~.e\\", max_size=60)
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_PROBLEM: dict[str, Any] = {
    "schema": "twill/problem/v1",
    "name": "x",
    "units": {"u": {"capacity": 1}},
    "memories": {"m": {"capacity": 9, "unit": "bytes"}},
    "roles": {"max_roles": 1, "max_warps": 4, "registers": {"min": 24}},
    "limits": {"max_stages": 3},
    "ops": [
        {
            "name": "a",
            "reservations": {"u": [[0, 1, 1]]},
            "result": {"space": "m", "size": 1},
            "in_place": "a@-1",
            "handoff": {"latency": 1},
        }
    ],
    "dependences": [{"src": "a", "dst": "a", "delay": 1, "distance": 1}],
}


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of everything in a tree."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [at, *(path for key, child in inner for path in _paths(child, (*at, key)))]


@settings(max_examples=500)
@given(_yaml_like | st.text(max_size=60), st.sampled_from(["a.yaml", "a.json"]))
def test_any_text_is_read_or_refused_at_a_place(text: str, name: str) -> None:
    """Nothing that can be typed gives a traceback, and every place lies in the file."""
    try:
        document = parse_document(text, name)
    except InputError as error:
        spans = [d.span for d in error.diagnostics if d.span]
        lines = split_lines(text, name)
        assert all(s.source == lines[s.line - 1] and s.column >= 1 for s in spans)
    else:
        assert document.span(()).line >= 1


@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Nothing that can lie on a disk gives a traceback."""
    path: Path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(content)
    with suppress(InputError):
        read_document(path)


@settings(max_examples=500)
@given(st.data())
def test_any_change_of_a_problem_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever stands in whatever place, the answer is a problem or a diagnostic."""
    tree = json.loads(json.dumps({"top": _PROBLEM}))
    path = data.draw(st.sampled_from(_paths(tree)[1:]))
    place: Any = tree
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = data.draw(_values)
    text = json.dumps(tree["top"], indent=1)
    for read in (problem_from_document, schedule_from_document):
        with suppress(InputError):
            read(parse_document(text, "p.json"))
