from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from twill.diagnostics import InputError
from twill.spec.reader import JSON_LIMIT, YAML_LIMIT, parse_document, read_document


def _error(act: Callable[[], object]) -> tuple[str, int, int, str]:
    """Return message, line, column and help of the one error that ``act`` raises."""
    with pytest.raises(InputError) as caught:
        act()
    (diagnostic,) = caught.value.diagnostics
    span = diagnostic.span
    line, column = (span.line, span.column) if span else (0, 0)
    return diagnostic.message, line, column, diagnostic.help or ""


def _read(tmp_path: Path, content: bytes, name: str = "a.yaml") -> tuple[str, int, int, str]:
    path = tmp_path / name
    path.write_bytes(content)
    message, line, column, hint = _error(lambda: read_document(path))
    return message.replace(str(path), name), line, column, hint


SCALARS = {
    "1e3": 1000.0,
    "1E-2": 0.01,
    "-2.5": -2.5,
    ".5": 0.5,
    "3.": 3.0,
    "010": 10,
    "-7": -7,
    "+7": 7,
    "1_000": 1000,
    "0x10": 16,
    "0o17": 15,
    "on": "on",
    "off": "off",
    "yes": "yes",
    "no": "no",
    "y": "y",
    "true": True,
    "False": False,
    "~": None,
    "null": None,
    "": None,
    "12:30": "12:30",
    "2024-01-01": "2024-01-01",
    "1.2.3": "1.2.3",
    "m@-1": "m@-1",
    "'5'": "5",
    '"true"': "true",
    ".inf": math.inf,
    "-.inf": -math.inf,
    "nan": "nan",
    "=": "=",
    "<<": "<<",
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items())
def test_a_scalar_means_what_a_reader_thinks(text: str, value: object) -> None:
    """The traps of YAML 1.1 are closed: no octal 010, no boolean 'on', no base-60 times."""
    data = parse_document(f"key: {text}", "a.yaml").data
    assert isinstance(data, dict)
    assert data["key"] == value
    assert type(data["key"]) is type(value)


def test_nan_is_a_number_until_a_model_refuses_it() -> None:
    """The reader reports values as written."""
    data = parse_document("key: .nan", "a.yaml").data
    assert isinstance(data, dict)
    assert math.isnan(data["key"])


def test_keys_are_text_as_written() -> None:
    """A key never turns into a boolean or a number."""
    text = "on: 1\n12: 2\n1.0: 3\nnull: 4\n<<: 5"
    assert parse_document(text, "a.yaml").data == {"on": 1, "12": 2, "1.0": 3, "null": 4, "<<": 5}


def test_every_value_knows_its_place() -> None:
    """Lines and columns are those an editor shows; key and value have their own."""
    document = parse_document("a: 1\nops:\n  - name: x\n    shape: [64, 128]\n", "a.yaml")
    span = document.span(("ops", 0, "shape", 1))
    assert (span.line, span.column, span.length) == (4, 17, 3)
    assert span.source == "    shape: [64, 128]"
    key = document.span(("ops", 0, "shape"), key=True)
    assert (key.line, key.column, key.length) == (4, 5, 5)


def test_a_missing_place_is_its_nearest_ancestor() -> None:
    """An error about a key that is not there points at the mapping that lacks it."""
    document = parse_document("ops:\n  - name: x\n", "a.yaml")
    span = document.span(("ops", 0, "kind", "deeper"))
    assert (span.line, span.column) == (2, 5)


def test_json_knows_its_places_too() -> None:
    """JSON made by programs is read by the fast path and located only on demand."""
    text = '{\n  "a": [1, {"b\\"c": "x, y"}]\n}'
    document = parse_document(text, "a.json")
    span = document.span(("a", 1, 'b"c'))
    assert (span.line, span.column, span.length) == (2, 21, 6)
    assert document.span(("a", 1, 'b"c'), key=True).column == 13


def test_json_may_be_indented_by_tabs() -> None:
    """Tabs are white space in JSON, though not in YAML."""
    assert parse_document('{\n\t"a":\t1\n}', "a.json").data == {"a": 1}


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    """Files from other systems read the same."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    document = read_document(path)
    assert document.data == {"a": 1, "b": "x"}
    assert (document.span(("b",)).line, document.span(("b",)).source) == (2, "b: x")


SYNTAX = {
    "duplicate key": (
        "a: 1\nb: 2\na: 3",
        ("the key 'a' stands twice in this mapping; first at 1:1", 3, 1),
    ),
    "anchor": ("a: &x [1]", ("the anchor '&x' is not allowed", 1, 4)),
    "alias": ("a: *x", ("the alias '*x' is not allowed", 1, 4)),
    "merge of an alias": ("<<: *x", ("the alias '*x' is not allowed", 1, 5)),
    "tag": ("a: !!python/name:os 1", ("the tag '!!python/name:os' is not allowed", 1, 4)),
    "own tag": ("a: !ref b", ("the tag '!ref' is not allowed", 1, 4)),
    "second document": (
        "a: 1\n---\nb: 2",
        ("a second document starts here; one file holds one document", 2, 1),
    ),
    "list as key": ("? [1, 2]\n: 3", ("a key must be a plain word, not a list or a mapping", 1, 3)),
    "depth": ("a: " + "[" * 100, ("nested more than 64 levels deep", 1, 67)),
    "long number": ("a: " + "9" * 5000, ("a number of 5000 characters", 1, 4)),
    "control character": (
        "a: 1\nb: \x07",
        ("the control character U+0007 is not allowed in YAML", 2, 4),
    ),
}


@pytest.mark.parametrize(("text", "expected"), SYNTAX.values(), ids=SYNTAX.keys())
def test_yaml_without_a_single_meaning_is_refused(text: str, expected: object) -> None:
    """Indirection, tags, duplicates and second documents are errors at their place."""
    assert _error(lambda: parse_document(text, "a.yaml"))[:3] == expected


def test_nesting_without_end_is_one_error() -> None:
    """Whether our own count or that of the parser's scanner strikes first."""
    message, line, *_ = _error(lambda: parse_document("a: " + "[" * 100_000, "a.yaml"))
    assert (message, line) == ("nested more than 64 levels deep", 1)


def test_a_yaml_bomb_is_refused_at_its_first_anchor() -> None:
    """Nothing is expanded."""
    bomb = "a: &a [x, x]\n" + "\n".join(
        f"{c}: &{c} [*{p}, *{p}]" for p, c in zip("abc", "bcd", strict=True)
    )
    assert _error(lambda: parse_document(bomb, "a.yaml"))[0] == "the anchor '&a' is not allowed"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("\ta: 1", "indent by spaces"),
        ("a: b: c", "quote text that contains ': '"),
        ("a: [1, 2", "not closed"),
        ("a: 'x", "a quote is not closed"),
        ("a: 1\n b: 2", "check the indentation"),
        ("a: @x", "quote text that starts with a special character"),
    ],
)
def test_a_syntax_error_says_what_to_do(text: str, hint: str) -> None:
    """The parser's own words are kept, with a way out in plain ones."""
    message, line, column, found = _error(lambda: parse_document(text, "a.yaml"))
    assert message.startswith("not valid YAML: ")
    assert line >= 1
    assert column >= 1
    assert hint in found


JSON_SYNTAX = {
    "duplicate key": (
        '{"a": 1,\n "a": 2}',
        ("the key 'a' stands twice in this mapping; first at 1:2", 2, 2),
    ),
    "comma too many": ('{"a": 1,}', None),
    "cut off": ('{"a": ', ("not valid JSON: expecting value", 1, 7)),
    "depth": ("[" * 100_000, ("nested more than 64 levels deep", 1, 65)),
    "long number": ('{"a": ' + "9" * 5000 + "}", ("a number with thousands of digits", 1, 1)),
    "half a character": ('{"a": "\\ud800"}', ("'\\ud800' is half a character", 1, 8)),
}


@pytest.mark.parametrize(("text", "expected"), JSON_SYNTAX.values(), ids=JSON_SYNTAX.keys())
def test_bad_json_is_refused(text: str, expected: object) -> None:
    """JSON gets the same care as YAML."""
    found = _error(lambda: parse_document(text, "a.json"))
    assert found[0].startswith("not valid JSON") if expected is None else found[:3] == expected


def test_a_missing_file_offers_the_nearest(tmp_path: Path) -> None:
    """A misspelt name is the usual reason."""
    (tmp_path / "loop.yaml").write_text("a: 1")
    message, _, _, hint = _error(lambda: read_document(tmp_path / "lopp.yaml"))
    assert message == f"there is no file {tmp_path / 'lopp.yaml'}"
    assert hint == "did you mean 'loop.yaml'?"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A file cannot be looked for in a folder that is not there."""
    _, _, _, hint = _error(lambda: read_document(tmp_path / "none" / "a.yaml"))
    assert hint == f"the folder {tmp_path / 'none'} does not exist or cannot be read"


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    """A folder given for a file is said to be one."""
    message = _error(lambda: read_document(tmp_path))[0]
    assert message == f"{tmp_path} is a directory; expected a file"


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_an_impossible_name_is_no_traceback(name: str) -> None:
    """The operating system refuses some names before it looks."""
    assert _error(lambda: read_document(Path(name)))[0].startswith(("cannot read", "there is no"))


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"# only a comment\n", b"---\n", b"null"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    """Nothing, blanks, comments and a bare null all hold nothing."""
    assert _read(tmp_path, content)[0] == "a.yaml is empty"


def test_a_binary_file(tmp_path: Path) -> None:
    """A compiled kernel given by mistake is not parsed."""
    message = _read(tmp_path, b"\x7fELF\0\0\0\1")[0]
    assert message == "a.yaml is a binary file; expected YAML or JSON text in UTF-8"


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    """The offending byte is named with its place."""
    found = _read(tmp_path, b"a: 1\nb: caf\xe9\n")
    assert found == ("not UTF-8 text: byte 0xe9", 2, 7, "save the file as UTF-8")


@pytest.mark.parametrize(("name", "limit"), [("a.yaml", YAML_LIMIT), ("a.json", JSON_LIMIT)])
def test_a_file_too_large_is_not_read(tmp_path: Path, name: str, limit: int) -> None:
    """The size is looked at first: a hundred-megabyte file costs nothing."""
    path = tmp_path / name
    path.touch()
    os.truncate(path, 100 << 20)
    message = _error(lambda: read_document(path))[0]
    assert message == f"{path} is too large (100.0 MiB); the limit is {limit >> 20} MiB"


def test_an_endless_device_is_not_read_to_its_end() -> None:
    """A device has no size to look at; reading stops at the limit."""
    message = _error(lambda: read_document(Path("/dev/zero")))[0]
    assert message.startswith("/dev/zero is too large")
