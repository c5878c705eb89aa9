"""Strict YAML: the part of the language whose meaning no reader doubts.

Plain scalars: ``true``/``false``, ``null``/``~``/nothing, decimal integers (``010`` is ten,
``1_000`` a thousand), ``0x10`` (sixteen), ``0o17``, decimal fractions and exponents (``1e3``),
``.inf``, ``.nan``; every other scalar is text, so ``on``, ``yes``, ``12:30`` and dates are.
Mapping keys are text as written. Refused: anchors and aliases, tags, a second document,
duplicate keys, keys that are not scalars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from twill.spec.nodes import MAX_DEPTH, Mark, Node, duplicate_key, fail, too_deep

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTANTS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", "+.inf", ".Inf", ".INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+(_[0-9]+)*\Z")
_BASED = re.compile(r"0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_MAX_DIGITS = 64
_SYNTAX_HELP = (
    ("cannot start any token", "quote text that starts with a special character; indent by spaces"),
    ("mapping values are not allowed", "quote text that contains ': ', and check the indentation"),
    ("did not find expected key", "check the indentation of this line and the one before"),
    ("could not find expected ':'", "a mapping needs 'key: value' on every line"),
    ("did not find expected ',' or", "a bracket opened with '[' or '{' is not closed"),
    ("did not find expected node content", "a value is missing, or a ',' is too many"),
    ("unexpected end of stream", "a quote is not closed"),
)


def compose(text: str, name: str) -> Node | None:
    """Parse ``text``; None where it holds nothing. ``name`` is the file shown in errors.

    :raises InputError: at the first place that is not strict YAML.
    """
    parser = _Composer(text, name)
    try:
        return parser.document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from None
    except yaml.reader.ReaderError as error:
        raise _character_error(error, text, name) from None


class _Composer:
    """Builds the tree from the parser's events, refusing what has no single meaning."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                message = "a second document starts here; one file holds one document"
                raise fail(self.name, self.text, _mark(event), message, "remove the '---' line")
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        self.refuse_indirection(event)
        if isinstance(event, yaml.ScalarEvent):
            return Node(_mark(event), self.scalar(event))
        if depth >= MAX_DEPTH:
            raise too_deep(self.name, self.text, _mark(event))
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def sequence(self, start: Any, depth: int) -> Node:
        node = Node(_mark(start))
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node.items.append(self.node(event, depth + 1))
        node.data = [item.data for item in node.items]
        return node

    def mapping(self, start: Any, depth: int) -> Node:
        node = Node(_mark(start))
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event)
            if key in node.keys:
                raise duplicate_key(self.name, self.text, key, node.keys[key], _mark(event))
            node.keys[key] = _mark(event)
            node.fields[key] = self.node(next(self.events), depth + 1)
        node.data = {key: value.data for key, value in node.fields.items()}
        return node

    def key(self, event: Any) -> str:
        self.refuse_indirection(event)
        if not isinstance(event, yaml.ScalarEvent):
            message = "a key must be a plain word, not a list or a mapping"
            raise fail(self.name, self.text, _mark(event), message)
        return str(event.value)

    def refuse_indirection(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            what = f"the alias '*{event.anchor}' is not allowed"
        elif event.anchor is not None:
            what = f"the anchor '&{event.anchor}' is not allowed"
        elif event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            what = f"the tag '{tag}' is not allowed"
        else:
            return
        help = "write the value out where it is used; quote text that starts with '&', '*' or '!'"
        raise fail(self.name, self.text, _mark(event), what, help)

    def scalar(self, event: Any) -> object:
        text: str = event.value
        if event.style:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if not _FRACTION.match(text) and not _DECIMAL.match(text) and not _BASED.match(text):
            return text
        if len(text) > _MAX_DIGITS:
            raise fail(self.name, self.text, _mark(event), f"a number of {len(text)} characters")
        return _number(text)


def _number(text: str) -> int | float:
    if _DECIMAL.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    return float(text)


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    single = start.line == end.line and end.column > start.column
    return Mark(start.line + 1, start.column + 1, end.column - start.column if single else 1)


def _syntax_error(error: yaml.MarkedYAMLError, text: str, name: str) -> Exception:
    mark = error.problem_mark or error.context_mark
    at = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
    problem = error.problem or "cannot be parsed"
    if "maximum nesting depth" in problem:  # the scanner of LibYAML 0.2.6 counts ahead of us
        return too_deep(name, text, at)
    help = next((help for part, help in _SYNTAX_HELP if part in problem), None)
    context = f" ({error.context})" if error.context else ""
    return fail(name, text, at, f"not valid YAML: {problem}{context}", help)


def _character_error(error: Any, text: str, name: str) -> Exception:
    position = error.position
    before = text[:position]
    at = Mark(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
    code = error.character if isinstance(error.character, int) else ord(error.character)
    return fail(name, text, at, f"the control character U+{code:04X} is not allowed in YAML")
