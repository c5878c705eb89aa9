"""``--what-if``: a machine with some of its numbers changed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from twill.diagnostics import InputError
from twill.machine import Machine
from twill.spec.machine import load_machine
from twill.what_if import Change, parse_change


def value(machine: Machine, name: str) -> float:
    """One number of a machine."""
    return next(q.value for q in machine.quantities if q.name == name)


def asked(*texts: str) -> tuple[Change, ...]:
    """The changes as the command line reads them."""
    changes = tuple(parse_change(text) for text in texts)
    assert None not in changes
    return changes  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("sfu.rate=32", Change("sfu.rate", Fraction(32))),
        (" sfu.rate = x1.5 ", Change("sfu.rate", Fraction(3, 2), factor=True)),
        ("costs.load.rate=0.5", Change("costs.load.rate", Fraction(1, 2))),
        ("sfu.rate", None),
        ("sfu.rate=fast", None),
        ("sfu.rate=0", None),
        ("sfu.rate=-3", None),
        ("=3", None),
        ("sfu.rate=1e9", None),
        ("a=b=3", None),
    ],
)
def test_a_change_is_a_name_and_a_number(text: str, change: Change | None) -> None:
    """A positive number or a factor; anything else is no change."""
    assert parse_change(text) == change


def test_a_path_changes_one_number() -> None:
    """It says of itself that it was asked for, and the machine is another one."""
    plain, other = load_machine("h100"), load_machine("h100", asked("costs.load.rate=120"))
    changed = [q for q in other.quantities if q not in plain.quantities]
    assert [(q.name, q.value, q.confidence) for q in changed] == [
        ("costs.load.rate", 120, "hypothetical")
    ]
    assert "--what-if" in changed[0].citation
    assert other.changes == ("costs.load.rate=120",)
    assert other.digest != plain.digest
    assert load_machine("h100", ()).digest == plain.digest
    assert load_machine("h100").quantities == plain.quantities


def test_a_unit_stands_for_all_its_rates() -> None:
    """Every cost model that holds the unit gets faster; a fluid unit is its capacity."""
    other = load_machine("h100", asked("tensor.rate=x2", "sfu.rate=32", "shared.rate=256"))
    assert value(other, "costs.matrix.rates.bf16") == 4096
    assert value(other, "costs.matrix.rates.tf32") == 2048
    assert value(other, "costs.elementwise.exponential.types.fp32.rate") == 32
    assert value(other, "costs.elementwise.special.types.fp32.rate") == 32
    assert value(other, "units.shared.capacity") == 256
    assert value(other, "costs.elementwise.arithmetic.types.fp32.rate") == 128


def test_the_end_of_a_path_is_enough_where_it_is_clear() -> None:
    """As long as everything that it fits has one value."""
    assert value(load_machine("h100", asked("load.rate=100")), "costs.load.rate") == 100
    half = load_machine("h100", asked("memories.shared.capacity=x0.5"))
    assert value(half, "memories.shared.capacity") == 116224


def test_numbers_that_differ_are_not_set_to_one() -> None:
    """But may be multiplied."""
    with pytest.raises(InputError, match=r"numbers that differ: .*bf16 2048.*fp8 4096"):
        load_machine("h100", asked("tensor.rate=4096"))


def test_everything_wrong_comes_at_once() -> None:
    """Names that fit nothing, each with the nearest that does."""
    with pytest.raises(InputError) as caught:
        load_machine("h100", asked("sfu.rat=3", "costs.lod.rate=4"))
    text = str(caught.value)
    assert "did you mean 'sfu.rate'" in text
    assert "did you mean 'costs.load.rate'" in text


def test_a_changed_number_is_checked_like_any_other() -> None:
    """Half a warp is none, and the message names the change."""
    with pytest.raises(InputError, match=r"with --what-if costs\.matrix\.warps=0\.5: must be"):
        load_machine("h100", asked("costs.matrix.warps=0.5"))
