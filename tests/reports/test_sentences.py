from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reports.hand_made import attention, feasible, optimal, ping_pong, vliw
from twill.problem import Dependence, Op, Problem, Reservation, Unit
from twill.reports.context import Context
from twill.reports.terminal.bounds import bounds_section
from twill.reports.terminal.page import Page, length
from twill.reports.terminal.report import report
from twill.reports.terminal.verification import verification
from twill.reports.terminal.view import TerminalView
from twill.reports.verdict import because, proof_sentence
from twill.schedule import Infeasible, Optimal, Reason
from twill.solver.bounds import bounds
from twill.verify import CHECKS, verify


def test_arithmetic_names_the_binding_unit() -> None:
    """The sentence says what is busy for the whole period."""
    sentence = proof_sentence(optimal(), bounds(attention()))
    assert "tensor is busy 2048 of 2048 cycles" in sentence
    assert "proved by arithmetic" in sentence


def test_refutation_says_whose_word_it_is() -> None:
    """An II above the arithmetic bound rests on a refutation, and its witness is named."""
    outcome = Optimal(replace(ping_pong(), ii=2123, proof="one engine's word"))
    sentence = proof_sentence(outcome, bounds(attention()))
    assert "one at II 2122 is refuted (one engine's word)" in sentence
    assert "below 2048" in sentence


def test_recurrence_is_spelled_out() -> None:
    """A binding circuit is given with its arithmetic."""
    problem, schedule = vliw()
    assert "recurrence add -> add" in proof_sentence(Optimal(schedule), bounds(problem))


def test_gap_is_given() -> None:
    """What is not proved says what is open."""
    assert "II 2000 to 2047 is open" in proof_sentence(feasible(), bounds(attention()))


def test_infeasible_says_how_it_is_known() -> None:
    """The proof word follows the reason."""
    outcome = Infeasible(Reason("too few registers"), "two engines agree")
    sentence = proof_sentence(outcome, bounds(attention()))
    assert sentence == "Too few registers (two engines agree)."


def test_offsets_count_from_the_oldest_iteration() -> None:
    """The newest iteration has the highest offset, values of the past a lower one."""
    view = TerminalView(attention(), ping_pong())
    assert view.label("S0") == "S0@+1"
    assert view.label("O0") == "O0@+0"
    assert view.label("O0", -1) == "O0@-1"


def test_speed_follows_from_work_and_clock() -> None:
    """4·128·128·128 FLOP in 2048 cycles on 132 SMs at 1.83 GHz are 989 TFLOPS."""
    context = Context(flop=4 * 128**3, clock_ghz=1.83, sm_count=132)
    text = report(Page(), attention(), optimal(), bounds(attention()), context)
    assert "989 TFLOPS" in text


def test_interrupt_is_mentioned() -> None:
    """A report of an interrupted search says so."""
    context = Context(interrupted=True)
    text = report(Page(), attention(), feasible(), bounds(attention()), context)
    assert "Interrupted" in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_reports_fit(width: int) -> None:
    """No line of a whole report is wider than its page."""
    text = report(Page(width), attention(), optimal(), bounds(attention()), Context())
    assert max(map(len, text.splitlines())) <= width


def test_verification_lists_every_constraint() -> None:
    """Each constraint has its line; a violated one has its numbers."""
    good = verification(Page(), attention(), ping_pong(), ())
    assert "verified" in good
    assert good.count("✓") == len(CHECKS)
    broken = replace(ping_pong(), ii=2047)
    text = verification(Page(), attention(), broken, verify(attention(), broken))
    assert "not verified" in text
    assert "✗" in text


def test_impossible_circuit_fits_the_page() -> None:
    """Where no II will do, the circuit is spelled out within the page."""
    problem = Problem(
        "loop",
        (Op("a"), Op("b")),
        (Dependence("a", "b", 1), Dependence("b", "a", 1)),
    )
    lines = bounds_section(Page(80), bounds(problem), None)
    assert "no II at all" in lines[2][0].text
    assert all(length(line) <= 80 for line in lines)


def test_short_names_of_sub_tiles() -> None:
    """S[m0] is S0 unless another op has that name; the place of a ring's sub-tile is kept."""
    names = ("S[m0]", "S[m1]", "P[m0]", "P0", "X[m0,n2]", "X[m0,n3]", "plain")
    problem = Problem("names", tuple(Op(name) for name in names))
    view = TerminalView(problem, ping_pong())
    shorts = [view.short(name) for name in names]
    assert shorts == ["S0", "S1", "P[m0]", "P0", "X0.2", "X0.3", "plain"]


def test_exclusion_is_said_in_words() -> None:
    """Ops that take turns across units are not a unit that is busy."""
    units = (Unit("u"), Unit("v"), Unit("w"))
    pairs = {"a": ("u", "v"), "b": ("v", "w"), "c": ("u", "w")}
    ops = tuple(
        Op(name, {unit: (Reservation(0, 4),) for unit in held}) for name, held in pairs.items()
    )
    found = bounds(Problem("turns", ops, units=units))
    assert found.ii == 12
    assert because(found.binding[0], 12) == "no two of these fit together, a 4 + b 4 + c 4 = 12"
    lines = bounds_section(Page(100), found, 12)
    assert any("exclusion: one at a time" in span.text for line in lines for span in line)
