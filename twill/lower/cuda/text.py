"""CUDA text as lists of lines, without indentation until it is put into something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twill.lower.cuda.names import comment as safe

Lines = list[str]

WIDTH = 92
"""Columns of a line before it is indented into functions and loops."""


def indented(lines: Iterable[str]) -> Lines:
    """The lines two columns to the right."""
    return [f"  {line}" if line else line for line in lines]


def comment(lines: Iterable[str]) -> Lines:
    """The lines as a comment; nothing in them can end or continue it."""
    return [f"// {safe(line)}".rstrip() for line in lines]


def block(head: str, inside: Iterable[str]) -> Lines:
    """What stands between ``head``, which opens a brace, and the closing one; else nothing."""
    lines = indented(inside)
    return [head, *lines, "}"] if lines else []


def call(function: str, *arguments: str) -> Lines:
    """A call as a statement, its arguments on lines of their own where they do not fit."""
    line = f"{function}({', '.join(arguments)});"
    if len(line) <= WIDTH:
        return [line]
    return [f"{function}(", *_wrapped(arguments)]


def _wrapped(arguments: Sequence[str]) -> Lines:
    lines: Lines = []
    for number, argument in enumerate(arguments):
        end = "," if number + 1 < len(arguments) else ");"
        if lines and len(lines[-1]) + len(argument) + 2 <= WIDTH:
            lines[-1] += f" {argument}{end}"
        else:
            lines.append(f"    {argument}{end}")
    return lines
