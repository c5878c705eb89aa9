"""Names and texts of a spec as C++ identifiers and comments; nothing can break out of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TAKEN = frozenset(
    """
    alignas alignof and asm auto bool break case catch char class const constexpr continue
    decltype default delete do double dynamic_cast else enum explicit export extern false float
    for friend goto if inline int long mutable namespace new noexcept not nullptr operator or
    private protected public register reinterpret_cast requires return short signed sizeof static
    static_assert static_cast struct switch template this throw true try typedef typeid typename
    union unsigned using virtual void volatile wchar_t while xor
    bf16 main p e at t trips scale shared tensor own thread warp group issuer Parameters Block twill
    threadIdx blockIdx blockDim gridDim NULL INFINITY
    """.split()  # noqa: SIM905
)
"""Keywords, and what the emitted text uses itself."""


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """An identifier for each name, all different: ``S[m0]`` becomes ``S_m0``."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        base = _plain(name)
        text, count = base, 1
        while text in used or text in _TAKEN:
            count += 1
            text = f"{base}_{count}"
        used.add(text)
        found.setdefault(name, text)
    return found


def _plain(name: str) -> str:
    """Letters, digits and single underscores; no leading digit."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "value"
    return f"v{text}" if text[0].isdigit() else text


def comment(text: str) -> str:
    """Text that can stand behind ``//``: a line of printable ASCII that does not go on in the next.

    A backslash at its end would continue it, and so would a trigraph that stands for one.
    """
    line = "".join(c if " " <= c <= "~" else _SUBSTITUTES.get(c, "?") for c in text)
    line = re.sub(r"\?(?=\?)", "? ", line)
    line = line.replace("*/", "* /").replace("/*", "/ *")
    return re.sub(r"[\\ ]+$", "", line)


_SUBSTITUTES = {"\n": " ", "\t": " ", "·": "|", "→": "->", "←": "<-"} | {
    "≤": "<=", "≥": ">=", "×": "x", "−": "-", "–": "-",
}  # fmt: skip
