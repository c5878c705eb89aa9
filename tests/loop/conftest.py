"""Loops written down in tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from twill.diagnostics import InputError
from twill.loop import Loop
from twill.spec.loop import loop_from_document
from twill.spec.reader import parse_document

HEAD = "schema: twill/loop/v1\nname: t\nparameters: {M: 128, N: 128, K: 64}\noperations:\n"
"""Operations of a test start on line 5."""


@pytest.fixture
def loop() -> Callable[[str], Loop]:
    """A function that reads operations as a loop; lines of other keys may precede them."""

    def read(operations: str) -> Loop:
        text = operations if operations.startswith("schema") else HEAD + operations
        return loop_from_document(parse_document(text, "t.yaml"))

    return read


@pytest.fixture
def complaint(loop: Callable[[str], Loop]) -> Callable[[str], str]:
    """A function that returns what is said about a wrong loop."""

    def read(operations: str) -> str:
        with pytest.raises(InputError) as caught:
            loop(operations)
        return str(caught.value)

    return read
