"""The options of profile ``paper`` as a user writes them, and their documentation."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from twill.solver.paper.options import SOUND, PaperOptions, choices, options_from

PAGE = Path(__file__).resolve().parents[3] / "docs" / "paper_profile.md"


def test_defaults() -> None:
    """Nothing said, nothing changed."""
    assert options_from([]) == PaperOptions()
    assert PaperOptions().changed() == {}


def test_values_by_name() -> None:
    """Words and numbers; the last one said counts."""
    options = options_from([("U", "600"), ("concurrency", "issue"), ("U", "100"), ("spill", "0")])
    assert options.changed() == {"U": 100, "concurrency": "issue", "spill": 0}


def test_sound_accounting() -> None:
    """One word stands for all repairs."""
    assert options_from([("accounting", "sound")]).changed() == SOUND
    assert options_from([("accounting", "paper")]) == PaperOptions()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("concurency", "paper", "did you mean 'concurrency'"),
        ("liveness", "stedy", "did you mean 'steady'"),
        ("U", "0", "from 1 to"),
        ("U", "many", "whole number"),
        ("spill", "-1", "from 0 to"),
        ("accounting", "true", "paper or sound"),
    ],
)
def test_wrong_values(name: str, text: str, message: str) -> None:
    """Each says what is expected, with the nearest word."""
    with pytest.raises(ValueError, match=message):
        options_from([(name, text)])


def test_every_option_is_documented() -> None:
    """The page has a row for each option, with its default and its values."""
    page = PAGE.read_text(encoding="utf-8")
    for field in fields(PaperOptions):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{field.name}`"))
        default = "the machine's" if field.default is None else f"`{field.default}`"
        assert default in row or "none" in row, field.name
        for word in choices()[field.name]:
            assert f"`{word}`" in row, (field.name, word)
