"""The one small notation of a loop file: a value, or a value of earlier iterations."""

from __future__ import annotations

import re

from twill.loop import Reference

_REFERENCE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_.\-]*)(@(?P<offset>[+-]?\d+))?\Z", re.ASCII)

MOST_DISTANT = 1000
"""No schedule keeps a value for so many iterations."""


def parse_reference(text: str) -> Reference | str:
    """The reference that ``text`` is (``S``, ``m@-1``), or what is wrong with it."""
    match = _REFERENCE.match(text)
    if match is None:
        return f"'{text[:60]}' is no reference to a value"
    sign, digits = _split(match["offset"])
    if len(digits) > len(str(MOST_DISTANT)) or int(digits) > MOST_DISTANT:
        return f"'{text[:60]}' is more than {MOST_DISTANT} iterations away"
    offset = int(sign + digits)
    if offset > 0:
        return f"'{text}' reads a value from the future; only earlier iterations can be read"
    if match["offset"] and offset == 0:
        return f"'{text}' is this iteration's value; write '{match['name']}'"
    return Reference(match["name"], -offset)


def _split(offset: str | None) -> tuple[str, str]:
    """The sign of an offset, and its digits without leading zeros."""
    digits = (offset or "").lstrip("+-")
    return ("-" if (offset or "").startswith("-") else ""), digits.lstrip("0") or "0"
