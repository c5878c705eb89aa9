"""A parsed file as a tree that knows where each of its values stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from twill.diagnostics import Diagnostic, InputError, Span

_YAML_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

MAX_DEPTH = 64
"""How deep lists and mappings may nest; no format of ours needs a tenth of it."""

Key = str | int


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of a token: line and column count from 1, ``length`` within the line."""

    line: int
    column: int
    length: int = 1


@dataclass(slots=True)
class Node:
    """One value: plain ``data``, its place, and the nodes below it.

    ``keys`` has the places of a mapping's keys.
    """

    mark: Mark
    data: object = None
    fields: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)

    def child(self, key: Key) -> Node | None:
        """Return the node under a key or index, or None."""
        if isinstance(key, str):
            return self.fields.get(key)
        return self.items[key] if 0 <= key < len(self.items) else None


@dataclass(slots=True)
class Document:
    """A file's content as plain data (dict, list, str, int, float, bool, None) with positions."""

    path: str
    data: object
    text: str
    locate: Callable[[], Node]
    """Return the tree of positions; built on the first error where that is costly."""
    _root: Node | None = None
    _lines: list[str] | None = None

    def span(self, path: tuple[Key, ...], *, key: bool = False) -> Span:
        """Return where the value at ``path`` stands, or its key with ``key=True``.

        Where there is nothing at ``path``, the nearest ancestor that exists is meant.
        """
        return self.place(self.mark(path, key=key))

    def mark(self, path: tuple[Key, ...], *, key: bool = False) -> Mark:
        """Return the bare place that :meth:`span` points at."""
        if self._root is None:
            self._root = self.locate()
        node, mark = self._root, self._root.mark
        for depth, part in enumerate(path):
            child = node.child(part)
            if child is None:
                break
            at_key = isinstance(part, str) and (key and depth == len(path) - 1)
            mark = node.keys[str(part)] if at_key else child.mark
            node = child
        return mark

    def place(self, mark: Mark) -> Span:
        """Return the span of a mark in this document."""
        if self._lines is None:
            self._lines = split_lines(self.text, self.path)
        source = self._lines[mark.line - 1] if mark.line <= len(self._lines) else ""
        return Span(self.path, mark.line, mark.column, mark.length, source)

    def error(
        self, path: tuple[Key, ...], message: str, help: str | None = None, *, key: bool = False
    ) -> Diagnostic:
        """Return a diagnostic that points at ``path``."""
        return Diagnostic(message, self.span(path, key=key), help)


def split_lines(text: str, name: str) -> list[str]:
    """Split where the parser of the file counts lines: YAML knows more line breaks than JSON."""
    if name.endswith(".json"):
        return [line.rstrip("\r") for line in text.split("\n")]
    return _YAML_BREAK.split(text)


def fail(name: str, text: str, mark: Mark, message: str, help: str | None = None) -> InputError:
    """Return the error for a file that cannot be parsed any further than ``mark``.

    A mark beyond the last line that holds anything (what is not closed ends there) is shown
    at the end of that line.
    """
    lines = split_lines(text, name)
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    if mark.line > len(lines):
        mark = Mark(len(lines), len(lines[-1]) + 1)
    span = Span(name, mark.line, mark.column, mark.length, lines[mark.line - 1])
    return InputError([Diagnostic(message, span, help)])


def duplicate_key(name: str, text: str, key: str, first: Mark, second: Mark) -> InputError:
    """Return the error for a key that stands twice in one mapping."""
    message = f"the key '{key}' stands twice in this mapping; first at {first.line}:{first.column}"
    return fail(name, text, second, message, "keep one of the two")


def too_deep(name: str, text: str, mark: Mark) -> InputError:
    """Return the error for nesting that no sensible file has."""
    return fail(name, text, mark, f"nested more than {MAX_DEPTH} levels deep")
