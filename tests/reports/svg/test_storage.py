from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.reports.svg.drawn import views
from twill.reports.memory import rings
from twill.reports.registers import holdings
from twill.reports.svg import registers_svg
from twill.reports.view import View


@pytest.fixture
def view() -> View:
    """The ping-pong schedule of attention."""
    return views()["attention"]


def test_registers_equal_the_accounting_at_every_phase(view: View) -> None:
    """The steps are what the schedule was verified with, cycle by cycle; so is their peak."""
    ii = view.schedule.ii
    found = holdings(view)
    assert [holding.role for holding in found] == ["softmax0", "softmax1"]
    for holding in found:
        arcs = [arc for arc in view.usage.register_arcs if arc.role == holding.role]
        step = -1
        for phase in range(ii):
            if phase in holding.cycles:
                step += 1
            assert holding.total[step] == sum(arc.at(phase, ii) for arc in arcs)
        assert max(holding.total) == view.usage.pressure(holding.role)[0]


def test_the_peak_is_written(view: View) -> None:
    """Peak, overhead and budget of each role in words."""
    text = registers_svg(view)
    for role in view.schedule.roles[1:]:
        held, _ = view.usage.pressure(role.name)
        assert f"peak {held} + 24 overhead = {held + 24} of {role.registers}" in text


def test_areas_are_closed(view: View) -> None:
    """Every piece of an area returns to where it began."""
    for path in re.findall(r' d="(M[^"]*Z)"', registers_svg(view)):
        assert path.count("M") == path.count("Z")


def test_slots_are_alive_for_a_lifetime(view: View) -> None:
    """The lives in a ring's slots add up to its lifetime; no slot holds two at once."""
    for ring in rings(view, "shared"):
        lives = [life for slot in ring.slots for life in slot]
        assert sum(life.end - life.begin for life in lives) == view.usage.lifetime(ring.buffer)
        assert len(ring.slots) == view.usage.depth(ring.buffer)
        for slot in ring.slots:
            for one, other in pairwise(slot):
                assert one.end <= other.begin


def test_a_life_is_that_of_its_iteration(view: View) -> None:
    """Moved by its iteration, each life lies within the ring's life."""
    ii = view.schedule.ii
    for ring in rings(view, "shared"):
        begin, end = view.usage.life(ring.buffer)
        for slot in ring.slots:
            for life in slot:
                shift = (view.last_stage - life.iteration) * ii
                assert begin <= life.begin + shift
                assert life.end + shift <= end
