"""Files as they must be: whole, of bounded size, strict JSON; every fault names its place."""

from __future__ import annotations

import hashlib
import json
import lzma
from typing import Any

from twill.check.period import Invalid

LARGEST_PROOF = 1 << 29
"""Bytes of an unpacked proof."""


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
