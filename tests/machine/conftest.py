"""Machines shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from twill.diagnostics import InputError
from twill.machine import Machine
from twill.spec.machine import load_machine


@pytest.fixture(scope="session")
def h100() -> Machine:
    """The shipped H100."""
    return load_machine("h100")


@pytest.fixture(scope="session")
def b200() -> Machine:
    """The shipped B200."""
    return load_machine("b200")


@pytest.fixture(scope="session")
def a100() -> Machine:
    """The shipped A100."""
    return load_machine("a100")


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a shipped file with one piece of text replaced."""

    def edit(old: str, new: str, name: str = "h100") -> Path:
        text = (files("twill.hwmodels") / f"{name}.yaml").read_text("utf-8")
        assert old in text
        path = tmp_path / "edited.yaml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return edit


@pytest.fixture
def variant(tmp_path: Path) -> Callable[[str], Path]:
    """A function that writes a machine file with a given body."""

    def write(body: str, name: str = "variant") -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"schema: twill/machine/v1\nname: {name}\n{body}", "utf-8")
        return path

    return write


@pytest.fixture
def complaint() -> Callable[[Path], str]:
    """A function that loads a broken file and returns what is said about it."""

    def load(path: Path) -> str:
        with pytest.raises(InputError) as caught:
            load_machine(str(path))
        return str(caught.value)

    return load
