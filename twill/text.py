"""Text of others among our own: names and messages that must not change what is around them."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """``text`` on one line, with a mark in place of what acts instead of being seen.

    Control characters (a terminal obeys them), line breaks and bidirectional controls (they
    reorder their neighbours) do not survive; nor does what XML cannot hold.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char in "\t\n\r\u2028\u2029":
        return " "
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs") or ord(char) & 0xFFFE == 0xFFFE
    return "\ufffd" if hidden else char
