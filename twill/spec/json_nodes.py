"""JSON with positions: the values come from the standard library, places only when asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from twill.spec.nodes import MAX_DEPTH, Mark, Node, duplicate_key, fail, too_deep

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,:\[\]{}"]+|[\[\]{}]')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _Duplicate(Exception):
    """A key stands twice in one object."""


def load(text: str, name: str) -> object:
    """Return the data of a JSON text; ``name`` is the file shown in errors.

    :raises InputError: for anything that is not JSON, and for duplicate keys.
    """
    try:
        data: object = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        problem = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise fail(name, text, Mark(error.lineno, error.colno), problem) from None
    except (_Duplicate, RecursionError):
        locate(text, name)
        raise
    except ValueError:
        raise fail(name, text, Mark(1, 1), "a number with thousands of digits") from None
    _refuse_lone_surrogates(data, text, name)
    return data


def locate(text: str, name: str) -> Node:
    """Return the tree of positions of a text that is valid JSON.

    :raises InputError: where a key stands twice or the nesting is too deep.
    """
    return _Locator(text, name).root()


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Duplicate
    return result


def _refuse_lone_surrogates(data: object, text: str, name: str) -> None:
    escape = _SURROGATE.search(text)
    if escape is None:
        return
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        before = text[: escape.start()]
        at = Mark(before.count("\n") + 1, escape.start() - (before.rfind("\n") + 1) + 1, 6)
        raise fail(name, text, at, f"'{text[escape.start() :][:6]}' is half a character") from None


class _Locator:
    """Walks the tokens of a JSON text and notes where each value starts."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.tokens = self.scan()

    def scan(self) -> Iterator[tuple[str, Mark]]:
        line, line_start, seen = 1, 0, 0
        for match in _TOKEN.finditer(self.text):
            start = match.start()
            breaks = self.text.count("\n", seen, start)
            if breaks:
                line += breaks
                line_start = self.text.rfind("\n", seen, start) + 1
            seen = start
            yield match.group(), Mark(line, start - line_start + 1, match.end() - start)

    def root(self) -> Node:
        return self.node(*next(self.tokens), 0)

    def node(self, token: str, mark: Mark, depth: int) -> Node:
        if token not in ("{", "["):
            return Node(mark)
        if depth >= MAX_DEPTH:
            raise too_deep(self.name, self.text, mark)
        return self.mapping(mark, depth) if token == "{" else self.sequence(mark, depth)

    def sequence(self, mark: Mark, depth: int) -> Node:
        node = Node(mark)
        for token, at in self.tokens:
            if token == "]":
                break
            node.items.append(self.node(token, at, depth + 1))
        return node

    def mapping(self, mark: Mark, depth: int) -> Node:
        node = Node(mark)
        for token, at in self.tokens:
            if token == "}":
                break
            key: str = json.loads(token)
            if key in node.keys:
                raise duplicate_key(self.name, self.text, key, node.keys[key], at)
            node.keys[key] = at
            node.fields[key] = self.node(*next(self.tokens), depth + 1)
        return node
