"""The table of experts' kernels: current, complete, and made of its answers."""

from __future__ import annotations

import pytest

from benchmarks.experts import PAGE, RESULTS, details, page, stored
from twill.elaborate import elaborate
from twill.expert import Pairing
from twill.formats import problem_digest
from twill.spec.expert import load_expert, shipped_experts
from twill.spec.loop import load_loop
from twill.spec.machine import load_machine
from twill.what_if import parse_change

PAIRINGS = [(name, pairing) for name in shipped_experts() for pairing in load_expert(name).pairings]


def test_the_page_is_made_of_the_answers() -> None:
    """``python -m benchmarks.experts --none --write`` makes it anew."""
    text = PAGE.read_text("utf-8")
    assert page(text, stored()) == text
    assert (RESULTS / "experts.md").read_text("utf-8") == details(stored())


def test_every_pairing_is_answered_once() -> None:
    """And nothing else is."""
    answered = [row["expert"] for row in stored()]
    assert sorted(answered) == sorted(name for name, _ in PAIRINGS)


@pytest.mark.parametrize("number", range(len(PAIRINGS)))
def test_answers_are_about_the_problems_of_today(number: int) -> None:
    """A loop, a machine or a pairing that changed makes the row stale."""
    name, pairing = PAIRINGS[number]
    rows = [row["problem_sha256"] for row in stored() if row["expert"] == name]
    assert _digest(pairing) in rows, f"run: python -m benchmarks.experts --kernel {name} --write"


def _digest(pairing: Pairing) -> str:
    changes = [parse_change(text) for text in pairing.what_if]
    machine = load_machine(pairing.machine, [change for change in changes if change is not None])
    loop = load_loop(pairing.spec)
    return problem_digest(elaborate(loop, machine, pairing.parameters, pairing.subtile).problem)


def test_no_answer_beats_a_proved_optimum() -> None:
    """A structure only narrows: nothing of theirs is below what is proved for all schedules."""
    for row in stored():
        ours, theirs = row["our_ii"], row["their_ii"]
        if theirs["high"] is not None:
            assert theirs["high"] >= ours["low"]
        values = [each["ii"]["low"] for each in row["costs"] if each["ii"]["low"] is not None]
        assert values == sorted(values)
