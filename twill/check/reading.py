"""Files as they must be: strict JSON, shapes of values; every fault names its place."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from twill.check.period import Invalid

LARGEST_FILE = 1 << 26
"""Bytes of a JSON file, or of a packed proof: beyond this it is not looked at."""

LARGEST_PROOF = 1 << 29
"""Bytes of an unpacked proof."""

Reader = Callable[[Any, str], Any]
"""Takes a JSON value and its place; gives what it stands for or raises Invalid."""


def file_bytes(folder: Path, name: str) -> bytes:
    """The content of a file of a bundle; none outside of it is looked at."""
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\0" in name:
        raise Invalid(f"{name!r} is not the name of a file of the bundle")
    path = folder.joinpath(*parts)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Invalid(f"{name}: more than {LARGEST_FILE} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{name}: cannot be read: {error.strerror}") from None
    if not content:
        raise Invalid(f"{name}: the file is empty")
    return content


def unpacked(content: bytes, name: str) -> bytes:
    """What an .xz file holds, whole and alone."""
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LARGEST_PROOF)
    try:
        found = unpacker.decompress(content, LARGEST_PROOF)
    except (lzma.LZMAError, EOFError) as error:
        raise Invalid(f"{name}: not an intact .xz file: {error}") from None
    if len(found) >= LARGEST_PROOF:
        raise Invalid(f"{name}: unpacks to more than {LARGEST_PROOF} bytes")
    if not unpacker.eof:
        raise Invalid(f"{name}: the file is truncated")
    if unpacker.unused_data:
        raise Invalid(f"{name}: something follows the end of the .xz data")
    return found


def json_value(content: bytes, name: str, fractions: bool = False) -> Any:
    """The value of a JSON text: no key twice, whole numbers only unless fractions may be."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Invalid(f"{name}: the key {twice!r} stands twice in one object")
        return found

    def refused(number: str) -> Any:
        raise Invalid(f"{name}: {number} is not a whole number")

    try:
        return json.loads(
            content.decode(),
            object_pairs_hook=unique,
            parse_float=float if fractions else refused,
            parse_constant=refused,
        )
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{name}: not valid JSON: {error}") from None


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest(data: object, name: str) -> str:
    """The SHA-256 of canonical JSON: sorted keys, no white space."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        return sha256(text.encode())
    except UnicodeEncodeError:
        raise Invalid(f"{name}: a text holds half a character") from None


class Default(NamedTuple):
    """A field that may be left out, and what it is then."""

    reader: Reader
    value: Any


def whole(least: int, most: int = 2**53) -> Reader:
    """A whole number in a range."""

    def read(value: Any, at: str) -> int:
        if type(value) is not int:
            raise Invalid(f"{at}: a whole number is expected, found {_shown(value)}")
        if not least <= value <= most:
            raise Invalid(f"{at}: {value} is not between {least} and {most}")
        return value

    return read


def flag(value: Any, at: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Invalid(f"{at}: true or false is expected, found {_shown(value)}")
    return value


def text(value: Any, at: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise Invalid(f"{at}: a text is expected, found {_shown(value)}")
    return value


def any_text(value: Any, at: str) -> str:
    """A text, maybe an empty one."""
    return value and text(value, at) if isinstance(value, str) else text(value, at)


def one_of(*values: str) -> Reader:
    """One of these texts."""

    def read(value: Any, at: str) -> str:
        if not isinstance(value, str) or value not in values:
            raise Invalid(f"{at}: {_shown(value)} is not {' or '.join(map(repr, values))}")
        return value

    return read


def maybe(reader: Reader) -> Reader:
    """Null, or what the reader takes."""
    return lambda value, at: None if value is None else reader(value, at)


def listing(reader: Reader, least: int = 0) -> Reader:
    """A list of values of one shape."""

    def read(value: Any, at: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise Invalid(f"{at}: a list of {least} or more is expected, found {_shown(value)}")
        return tuple(reader(item, f"{at}[{i}]") for i, item in enumerate(value))

    return read


def row(*readers: Reader) -> Reader:
    """A list of as many values, each of its own shape."""

    def read(value: Any, at: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(readers):
            raise Invalid(f"{at}: a list of {len(readers)} is expected, found {_shown(value)}")
        pairs = zip(readers, value, strict=True)
        return tuple(reader(item, f"{at}[{i}]") for i, (reader, item) in enumerate(pairs))

    return read


def mapping(reader: Reader) -> Reader:
    """An object with any names for keys."""

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Invalid(f"{at}: an object is expected, found {_shown(value)}")
        return {text(key, at): reader(item, f"{at}.{key}") for key, item in value.items()}

    return read


def record(fields: Mapping[str, Reader | Default]) -> Reader:
    """An object with these fields and no others."""

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Invalid(f"{at}: an object is expected, found {_shown(value)}")
        for key in value.keys() - fields.keys():
            raise Invalid(f"{at}: unknown field {key!r}")
        found = {}
        for key, reader in fields.items():
            if key in value:
                found[key] = (reader.reader if isinstance(reader, Default) else reader)(
                    value[key], f"{at}.{key}"
                )
            elif isinstance(reader, Default):
                found[key] = reader.value
            else:
                raise Invalid(f"{at}: the field {key!r} is missing")
        return found

    return read


def by_kind(kinds: Mapping[str, Reader]) -> Reader:
    """An object whose field ``kind`` says which shape it has."""
    kind = one_of(*kinds)

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict) or "kind" not in value:
            raise Invalid(f"{at}: an object with a kind is expected, found {_shown(value)}")
        found: dict[str, Any] = kinds[kind(value["kind"], f"{at}.kind")](value, at)
        return found

    return read


def _shown(value: object) -> str:
    shown = json.dumps(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
