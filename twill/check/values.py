"""The shapes that JSON values may have, as readers of them; every fault names its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from twill.check.period import Invalid


@dataclass(frozen=True)
class Reader:
    """Takes a JSON value and its place; gives what it stands for or raises Invalid.

    ``schema`` is the JSON Schema of what it takes, for other programs.
    """

    read: Callable[[Any, str], Any]
    schema: Mapping[str, Any]

    def __call__(self, value: Any, at: str) -> Any:
        """Read the value at a place."""
        return self.read(value, at)


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

    return Reader(read, {"type": "integer", "minimum": least, "maximum": most})


def _flag(value: Any, at: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{at}: true or false is expected, found {_shown(value)}")
    return value


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str) or not value:
        raise Invalid(f"{at}: a text is expected, found {_shown(value)}")
    return value


flag = Reader(_flag, {"type": "boolean"})
text = Reader(_text, {"type": "string", "minLength": 1})
anything = Reader(lambda value, _at: value, {})


def one_of(*values: str) -> Reader:
    """One of these texts."""

    def read(value: Any, at: str) -> str:
        if not isinstance(value, str) or value not in values:
            raise Invalid(f"{at}: {_shown(value)} is not {' or '.join(map(repr, values))}")
        return value

    return Reader(read, {"enum": list(values)})


def maybe(reader: Reader) -> Reader:
    """Null, or what the reader takes."""
    return Reader(
        lambda value, at: None if value is None else reader(value, at),
        {"anyOf": [reader.schema, {"type": "null"}]},
    )


def listing(reader: Reader, least: int = 0) -> Reader:
    """A list of values of one shape."""

    def read(value: Any, at: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise Invalid(f"{at}: a list of {least} or more is expected, found {_shown(value)}")
        return tuple(reader(item, f"{at}[{i}]") for i, item in enumerate(value))

    return Reader(read, {"type": "array", "items": reader.schema, "minItems": least})


def row(*readers: Reader) -> Reader:
    """A list of as many values, each of its own shape."""

    def read(value: Any, at: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(readers):
            raise Invalid(f"{at}: a list of {len(readers)} is expected, found {_shown(value)}")
        pairs = zip(readers, value, strict=True)
        return tuple(reader(item, f"{at}[{i}]") for i, (reader, item) in enumerate(pairs))

    count = {"minItems": len(readers), "maxItems": len(readers)}
    return Reader(
        read, {"type": "array", "prefixItems": [each.schema for each in readers], **count}
    )


def mapping(reader: Reader) -> Reader:
    """An object with any names for keys."""

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Invalid(f"{at}: an object is expected, found {_shown(value)}")
        return {text(key, at): reader(item, f"{at}.{key}") for key, item in value.items()}

    return Reader(read, {"type": "object", "additionalProperties": reader.schema})


def record(fields: Mapping[str, Reader | Default]) -> Reader:
    """An object with these fields and no others."""
    given = {key: each for key, each in fields.items() if isinstance(each, Default)}
    readers = {
        key: each.reader if isinstance(each, Default) else each for key, each in fields.items()
    }

    def read(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Invalid(f"{at}: an object is expected, found {_shown(value)}")
        for key in value:
            if key not in readers:
                raise Invalid(f"{at}: unknown field {key!r}")
        for key in readers:
            if key not in value and key not in given:
                raise Invalid(f"{at}: the field {key!r} is missing")
        return {
            key: reader(value[key], f"{at}.{key}") if key in value else given[key].value
            for key, reader in readers.items()
        }

    return Reader(
        read,
        {
            "type": "object",
            "properties": {key: reader.schema for key, reader in readers.items()},
            "required": [key for key in readers if key not in given],
            "additionalProperties": False,
        },
    )


def by_kind(kinds: Mapping[str, Mapping[str, Reader]]) -> Reader:
    """An object whose field ``kind`` says which other fields it has."""
    kind = one_of(*kinds)
    records = {name: record({"kind": one_of(name), **fields}) for name, fields in kinds.items()}

    def read(value: Any, at: str) -> Any:
        if not isinstance(value, dict) or "kind" not in value:
            raise Invalid(f"{at}: an object with a kind is expected, found {_shown(value)}")
        return records[kind(value["kind"], f"{at}.kind")](value, at)

    return Reader(read, {"oneOf": [each.schema for each in records.values()]})


def _shown(value: object) -> str:
    shown = json.dumps(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
