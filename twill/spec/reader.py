"""Reading a YAML or JSON file: strictly, with the position of every value.

A name that ends in ``.json`` is read as JSON, everything else as strict YAML
(:mod:`twill.spec.yaml_nodes` says which scalars mean what).
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError, did_you_mean
from twill.spec import json_nodes, yaml_nodes
from twill.spec.nodes import Document, Mark, fail
from twill.spec.validate import validate

YAML_LIMIT = 1 << 20
JSON_LIMIT = 1 << 24
"""Sizes in bytes beyond which a file is not read: YAML is written by hand, JSON by programs."""

_BINARY_PROBE = 8192


def read_document(path: Path) -> Document:
    """Read a file.

    :raises InputError: where it is missing, a directory, unreadable, too large, binary,
        not UTF-8, empty, or not strict YAML or JSON.
    """
    raw = _read_bytes(path)
    name = str(path)
    if b"\0" in raw[:_BINARY_PROBE]:
        message = f"{name} is a binary file; expected YAML or JSON text in UTF-8"
        raise InputError([Diagnostic(message)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(raw, name, error) from None
    return parse_document(text, name)


def parse_document(text: str, name: str) -> Document:
    """Parse a text; ``name`` is the file shown in errors and decides YAML or JSON.

    :raises InputError: where the text is empty, or not strict YAML or JSON.
    """
    if not text.strip():
        raise _empty(name)
    if name.endswith(".json"):
        data = json_nodes.load(text, name)
        return Document(name, data, text, lambda: json_nodes.locate(text, name))
    root = yaml_nodes.compose(text, name)
    if root is None or root.data is None:
        raise _empty(name)
    return Document(name, root.data, text, lambda: root)


def _read_bytes(path: Path) -> bytes:
    limit = JSON_LIMIT if path.suffix == ".json" else YAML_LIMIT
    try:
        if path.is_dir():
            raise InputError([Diagnostic(f"{path} is a directory; expected a file")])
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            raw = b"" if size > limit else file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if size > limit or len(raw) > limit:
        shown = f"{max(size, len(raw)) / 2**20:.1f} MiB"
        message = f"{path} is too large ({shown}); the limit is {limit >> 20} MiB"
        raise InputError([Diagnostic(message)])
    return raw


def _unreadable(path: Path, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError([Diagnostic(f"there is no file {path}", help=_nearest_file(path))])
    if isinstance(error, NotADirectoryError) or getattr(error, "errno", 0) == errno.ENAMETOOLONG:
        return InputError([Diagnostic(f"there is no file {str(path)[:120]}")])
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return InputError([Diagnostic(f"cannot read {path}: {reason}")])


def _nearest_file(path: Path) -> str | None:
    """Return the file of the same folder whose name is nearest, as a question."""
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"the folder {path.parent} does not exist or cannot be read"
    hint = did_you_mean(path.name, names)
    return hint if hint and hint.startswith("did you mean") else None


def _not_utf8(raw: bytes, name: str, error: UnicodeDecodeError) -> InputError:
    start = error.start
    line = raw.count(b"\n", 0, start) + 1
    column = start - (raw.rfind(b"\n", 0, start) + 1) + 1
    text = raw.decode("utf-8", errors="replace")
    message = f"not UTF-8 text: byte 0x{raw[start]:02x}"
    return fail(name, text, Mark(line, column), message, "save the file as UTF-8")


def _empty(name: str) -> InputError:
    return InputError([Diagnostic(f"{name} is empty")])


__all__ = ["Document", "parse_document", "read_document", "validate"]
