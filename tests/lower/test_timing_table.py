"""The table of ``docs/lowering.md``: what event graphs say of the shipped pairs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.lower.shipped import PAIRS, fragile, solved
from twill.events.robust import robust_ii
from twill.lower.deepen import lower_well
from twill.lower.events import SyncCosts, timing
from twill.lower.lowering import usage_of

DOCS = Path(__file__).resolve().parents[2] / "docs" / "lowering.md"

HEAD = "| pair | II | waits free | waits at their cost | then a quarter longer | `robustness` |"


def row(loop: str, machine: str) -> str:
    """The line of a pair."""
    made, schedule = solved(loop, machine)
    usage, costs = usage_of(made.problem, schedule), SyncCosts.of(made.machine)
    program = lower_well(made.problem, schedule, costs)
    free, priced = timing(usage, program), timing(usage, program, costs)
    cells = (free.cycles, priced.cycles, priced.longer, robust_ii(usage))
    shown = " | ".join(figure(cell) for cell in cells)
    return f"| {loop}, {machine} | {schedule.ii} | {shown} |"


def figure(value: Fraction | int | None) -> str:
    """Cycles, with one decimal where they are not whole."""
    assert value is not None
    return str(value) if Fraction(value).denominator == 1 else f"{float(value):.1f}"


@pytest.mark.parametrize(("loop", "machine"), PAIRS)
def test_the_table_is_current(loop: str, machine: str) -> None:
    """Each line, to the cycle."""
    table = DOCS.read_text("utf-8").split(HEAD, 1)[1].split("\n\n", 1)[0]
    assert row(loop, machine) in table.splitlines()


def test_what_robustness_is_worth() -> None:
    """On the B200 the schedule that is best without it is the slower program, as the page says."""
    made, schedule = fragile("flash_attention_backward", "b200")
    costs = SyncCosts.of(made.machine)
    program = lower_well(made.problem, schedule, costs)
    cycles = timing(usage_of(made.problem, schedule), program, costs).cycles
    assert f"best without this level takes {cycles} cycles" in DOCS.read_text("utf-8")
