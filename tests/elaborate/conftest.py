"""Loops joined with machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from twill.diagnostics import InputError
from twill.elaborate import Elaboration, elaborate
from twill.loop import Loop
from twill.spec.loop import load_loop, loop_from_document
from twill.spec.machine import load_machine
from twill.spec.reader import parse_document

HEAD = "schema: twill/loop/v1\nname: t\nparameters: {M: 128, N: 128, K: 64}\noperations:\n"
"""Operations of a test start on line 5."""


def _loop(loop: str) -> Loop:
    if "\n" not in loop:
        return load_loop(loop)
    text = loop if loop.startswith("schema") else HEAD + loop
    return loop_from_document(parse_document(text, "t.yaml"))


@pytest.fixture
def joined() -> Callable[..., Elaboration]:
    """A function that joins a shipped loop, or operations written down, with a machine."""

    def join(
        loop: str,
        machine: str,
        parameters: Mapping[str, int] | None = None,
        subtile: Mapping[str, int] | None = None,
    ) -> Elaboration:
        return elaborate(_loop(loop), load_machine(machine), parameters, subtile)

    return join


@pytest.fixture
def complaint(joined: Callable[..., Elaboration]) -> Callable[..., str]:
    """A function that returns what is said of a loop and a machine that do not fit."""

    def read(
        loop: str,
        machine: str,
        parameters: Mapping[str, int] | None = None,
        subtile: Mapping[str, int] | None = None,
    ) -> str:
        with pytest.raises(InputError) as caught:
            joined(loop, machine, parameters, subtile)
        return str(caught.value)

    return read
