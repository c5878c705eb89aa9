"""A number of a machine, changed: what a user asks with ``--what-if``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Change:
    """``value`` for what ``name`` stands for, or a factor for its present value."""

    name: str
    value: Fraction
    factor: bool = False

    def __str__(self) -> str:
        number = float(self.value)
        return f"{self.name}={'x' if self.factor else ''}{number:g}"


def parse_change(text: str) -> Change | None:
    """Return ``sfu.rate=32`` or ``sfu.rate=x2`` as a change; None where it is neither."""
    match = re.fullmatch(r"\s*([^\s=]+)\s*=\s*(x?)\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*", text)
    if match is None or not Fraction(match[3]):
        return None
    return Change(match[1], Fraction(match[3]), match[2] == "x")
