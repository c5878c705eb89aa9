"""Files that are no certificate: damaged, truncated, malformed, too large."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from tests.check.bundles import (
    Bundle,
    deep,
    endless,
    figure1,
    pair,
    pair_content,
    with_content,
)
from tests.check.mutate import change_value
from twill.check import Invalid, bundle, check, reading
from twill.check.reading import sha256
from twill.check.shapes import certificate, refutation
from twill.formats import json_schema

PROOF = "proofs/ii-4.json.xz"


def rejected(folder: Path, message: str) -> None:
    """The bundle in the folder is rejected with a message like this one."""
    with pytest.raises(Invalid, match=message):
        check(folder)


def replaced(content: bytes) -> Bundle:
    """The bundle of ``pair`` with another proof file, whose hash it states."""
    made = with_content(pair_content())
    made.files[PROOF] = content
    made.certificate["lower_bound"][0]["sha256"] = sha256(content)
    return made


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "certificate.json: the file is empty"),
        (b"{", "certificate.json: not valid JSON: Expecting property name"),
        (b"\xff", "certificate.json: not valid JSON: 'utf-8' codec"),
        (b"[]", r"certificate.json: an object is expected, found \[\]"),
        (b"{}", "certificate.json: the field 'schema' is missing"),
        (b'{"schema": 1, "schema": 2}', "the key 'schema' stands twice in one object"),
        (b'{"schema": 1.5}', "1.5 is not a whole number"),
        (b'{"schema": NaN}', "NaN is not a whole number"),
        (b'{"schema": -Infinity}', "-Infinity is not a whole number"),
        (b'{"schema": 1e400}', "1e400 is not a whole number"),
        (b'{"surprise": 1}', "certificate.json: unknown field 'surprise'"),
        (b"[" * 100_000, "certificate.json: not valid JSON: maximum recursion"),
        (
            b'{"schema": ' + b"1" * 5000 + b"}",
            "certificate.json: not valid JSON: Exceeds the limit",
        ),
    ],
)
def test_a_certificate_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    """Anything but JSON of the right shape is named for what it is."""
    (tmp_path / "certificate.json").write_bytes(content)
    rejected(tmp_path, message)


PACKED = with_content(pair_content()).files[PROOF]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", f"{PROOF}: the file is empty"),
        (b"5 0 1 2 3 4 0\n", f"{PROOF}: not an intact .xz file: Input format not supported"),
        (PACKED[:-20], f"{PROOF}: the file is truncated"),
        (PACKED[:100], f"{PROOF}: the file is truncated"),
        (PACKED + b"\n", f"{PROOF}: something follows the end of the .xz data"),
        (PACKED + PACKED, f"{PROOF}: something follows the end of the .xz data"),
        (PACKED[:60] + b"\0" + PACKED[61:], f"{PROOF}: not an intact .xz file: Corrupt input"),
        (lzma.compress(b""), f"{PROOF}: not valid JSON"),
        (lzma.compress(b"5 0 1 2 3 4 0\n"), f"{PROOF}: not valid JSON"),
        (lzma.compress(b"{}"), f"{PROOF}: the field 'schema' is missing"),
    ],
)
def test_a_proof_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    """Empty, truncated, overlong or damaged, even where the hash is that of the damage."""
    rejected(replaced(content).write(tmp_path), message)


def test_a_missing_proof(tmp_path: Path) -> None:
    """A certificate does without no file that it names."""
    made = with_content(pair_content())
    made.files = {}
    rejected(made.write(tmp_path), f"{PROOF}: cannot be read: No such file or directory")


def test_a_folder_instead_of_a_proof(tmp_path: Path) -> None:
    """Only plain files are read."""
    made = with_content(pair_content())
    made.files = {f"{PROOF}/inside": b"x"}
    rejected(made.write(tmp_path), f"{PROOF}: it is no file")


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a huge file nor one that unpacks to a huge one is taken in whole."""
    made = with_content(pair_content())
    made.write(tmp_path)
    monkeypatch.setattr(bundle, "LARGEST_FILE", 100)
    rejected(tmp_path, "certificate.json: more than 100 bytes")
    monkeypatch.undo()
    bomb = lzma.compress(b" " * (1 << 24), preset=0)
    monkeypatch.setattr(reading, "LARGEST_PROOF", 1 << 23)
    made = replaced(bomb)
    rejected(made.write(tmp_path), f"{PROOF}: unpacks to more than 8388608 bytes")


def test_a_folder_or_its_file(tmp_path: Path) -> None:
    """The bundle and the certificate in it are the same; a folder without one is none."""
    pair().write(tmp_path)
    assert check(tmp_path) == check(tmp_path / "certificate.json")
    with pytest.raises(FileNotFoundError, match="there is no certificate"):
        check(tmp_path / "proofs")


def test_every_field_is_needed_and_no_other_is_known() -> None:
    """Each field of each object left out, or one more put in, is refused at its place."""
    for shape, value in ((certificate, pair().certificate), (refutation, pair_content())):
        shape(value, "it")
        changed = 0
        for node, at in _objects(value, "it"):
            if at.endswith(("axioms", "ops", "moves")) or ".ops." in at:
                continue
            for key in list(node):
                kept = dict(node)
                del node[key]
                with pytest.raises(Invalid, match=r"is missing|a kind is expected"):
                    shape(value, "it")
                node.clear()
                node.update(kept)
                changed += 1
            node["more"] = 1
            with pytest.raises(Invalid, match="unknown field 'more'"):
                shape(value, "it")
            del node["more"]
        assert changed >= 5
        assert json.dumps(value)


def _objects(value: object, at: str) -> list[tuple[dict[str, object], str]]:
    """Every object in a JSON value, and its place."""
    if isinstance(value, list):
        return [found for i, item in enumerate(value) for found in _objects(item, f"{at}[{i}]")]
    if not isinstance(value, dict):
        return []
    inner = [found for key, item in value.items() for found in _objects(item, f"{at}.{key}")]
    return [(value, at), *inner]


@pytest.mark.parametrize("make", [figure1, pair, endless, deep])
def test_certificates_fit_their_schemas(make: Callable[[], Bundle]) -> None:
    """What the checker takes is what the JSON Schemas say, for programs of others."""
    made = make()
    jsonschema.validate(made.certificate, json_schema("certificate"))
    for content in made.files.values():
        data = json.loads(lzma.decompress(content))
        jsonschema.validate(data, json_schema("refutation"))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**data, "more": 1}, json_schema("refutation"))
    made.certificate["claim"]["more"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made.certificate, json_schema("certificate"))


def test_schema_and_reader_agree_on_damage() -> None:
    """Random changes of a certificate: a schema refuses what the reader refuses, and no more."""
    schema = jsonschema.Draft202012Validator(json_schema("certificate"))
    refused = 0
    for seed in range(400):
        data = deep().certificate if seed % 2 else figure1().certificate
        change_value(random.Random(seed), data)  # noqa: S311
        try:
            certificate(data, "it")
        except Invalid:
            assert not schema.is_valid(data), seed
            refused += 1
        else:
            assert schema.is_valid(data), seed
    assert refused >= 200
