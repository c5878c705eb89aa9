"""The types that the dump prints: shape, element and memory of a tile, read out of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from twill.importers.graph import SHARED, TENSOR, Tile
from twill.problem import REGISTER

_TILE = re.compile(r"(?:!ttg\.memdesc|tensor)<((?:\d{1,9}x)*)([A-Za-z!][\w.]*)")
_DIGITS = re.compile(r"\d{1,3}")
_SPACES = {"#ttg.shared_memory": SHARED, "#ttng.tensor_memory": TENSOR}
POINTER_BITS = 64
TOKEN = "!ttg.async.token"


@dataclass(frozen=True, slots=True)
class TypeName:
    """One printed type. ``tile`` is None for scalars, tokens and what is not understood."""

    text: str

    @property
    def token(self) -> bool:
        """Whether it only orders operations and carries no value."""
        return self.text == TOKEN

    @property
    def memory(self) -> bool:
        """Whether it names storage in a memory."""
        return self.text.startswith("!ttg.memdesc<")

    @property
    def scalar(self) -> bool:
        """Whether it is a number or a pointer, one for the whole thread block."""
        return "<" not in self.text or self.text.startswith("!tt.ptr<")

    @property
    def tile(self) -> Tile | None:
        """The tile, None where it is none or its memory is not known."""
        match = _TILE.match(self.text)
        if match is None:
            return None
        shape, element = match.groups()
        elements = prod(int(extent) for extent in shape.split("x") if extent)
        size = -(-elements * _bits(element) // 8)
        if not self.memory:
            return Tile(REGISTER, size)
        spaces = [s for name, s in _SPACES.items() if re.search(rf"{re.escape(name)}\b", self.text)]
        return Tile(spaces[0], size) if len(spaces) == 1 else None


def _bits(element: str) -> int:
    """Bits of an element: the first number in its name (bf16, i1, f8E5M2), else a pointer's."""
    digits = _DIGITS.search(element)
    return int(digits.group()) if digits and not element.startswith("!") else POINTER_BITS
