from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from tests.hostile import NAMES, hostile, hostile_content
from tests.reports.hand_made import attention, feasible, optimal, ping_pong, vliw
from tests.reports.markup_rules import SVG, inert, words
from twill.display import Displayed
from twill.problem import Op, Problem
from twill.reports.content import Content
from twill.reports.context import Context
from twill.reports.view import View
from twill.schedule import Placement, Reason, Schedule, Unknown
from twill.solver.bounds import bounds
from twill.spec.loop import load_loop, shipped_loops
from twill.spec.machine import load_machine, shipped_machines
from twill.text import visible


def content() -> Content:
    """The attention kernel with its verdict."""
    return Content(attention(), optimal(), bounds(attention()), Context())


SHOWN: dict[str, Any] = {
    "schedule": ping_pong(),
    "feasible": feasible().schedule,
    "plain schedule": vliw()[1],
    "problem": attention(),
    "plain problem": vliw()[0],
    "one operation": Problem("one", (Op("op"),)),
    "view": View(attention(), ping_pong()),
    "plain view": View(*vliw()),
    "content": content(),
    "no schedule": Content(
        attention(), Unknown(Reason("stopped"), 1), bounds(attention()), Context()
    ),
    "hostile schedule": hostile()[1],
    "hostile problem": hostile()[0],
    "hostile view": View(*hostile()),
    "hostile content": hostile_content(),
    **{f"loop {name}": load_loop(name) for name in shipped_loops()},
    **{f"machine {name}": load_machine(name) for name in shipped_machines()},
    "hostile loop": replace(load_loop("gemm"), name=NAMES[0], title=NAMES[12] + NAMES[10]),
    "hostile machine": replace(load_machine("h100"), name=NAMES[15], title=NAMES[13]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_cell_shows_is_sound(name: str) -> None:
    """Well-formed, without anything that acts; the picture has a title and is in the HTML, too."""
    page, picture = inert(SHOWN[name]._repr_html_()), inert(SHOWN[name]._repr_svg_())
    assert picture.tag == f"{SVG}svg"
    assert picture.find(f"{SVG}title") is not None
    assert len(page.findall(f".//{SVG}svg")) == 1
    assert page.find(".//table") is not None or name == "no schedule"


def test_a_schedule_shows_its_operations() -> None:
    """Every operation with its cycle, by role; the II and the proof first."""
    text = words(inert(ping_pong()._repr_html_() or ""))
    for name in (*ping_pong().ops, "softmax0: 4 warps, 224 registers", "load: 1 warp, 24"):
        assert name in text
    assert text.startswith("II 2048 cycles , optimal (proved by arithmetic)")
    assert "S1: cycle 1048, stage 0" in words(inert(ping_pong()._repr_svg_() or ""))


def test_a_view_shows_the_period() -> None:
    """With the problem at hand units are drawn, too."""
    text = words(inert(View(attention(), ping_pong())._repr_svg_() or ""))
    assert "tensor" in text
    assert "100%" in text


def test_a_verdict_is_shown() -> None:
    """Why nothing is faster; or that there is nothing."""
    assert "tensor is busy 2048 of 2048 cycles" in words(inert(content()._repr_html_() or ""))
    nothing = SHOWN["no schedule"]
    assert "unknown: no schedule found" in words(inert(nothing._repr_html_()))


def test_a_machine_shows_its_sources() -> None:
    """Every number with a source, and what the source is."""
    text = words(inert(load_machine("h100")._repr_html_() or ""))
    assert "roles.registers.max" in text
    assert "PTX ISA 9" in text


def test_a_loop_shows_what_is_read() -> None:
    """Operands, with those of earlier iterations."""
    text = words(inert(load_loop("flash_attention_forward")._repr_html_() or ""))
    assert "O@-1" in text


@pytest.mark.parametrize("kind", [0, 1])
def test_hostile_names_are_text(kind: int) -> None:
    """They are all there, as text, in whole."""
    thing = hostile()[kind]
    names = thing.ops if isinstance(thing, Schedule) else [op.name for op in thing.ops]
    text = words(inert(thing._repr_html_() or ""))
    for name in names:
        assert visible(name) in text


def test_pictures_of_two_cells_do_not_mix() -> None:
    """Ids are of the content, so that a page with several cells has no id twice."""
    one, other = ping_pong(), replace(ping_pong(), ii=4096)
    pictures = [inert(s._repr_svg_() or "") for s in (one, other)]
    ids = [{e.attrib["id"] for e in p.iter() if "id" in e.attrib} for p in pictures]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_many_starts_at_once() -> None:
    """Names that would cover each other get lines of their own."""
    count = 40
    places = {f"operation {i}": Placement(i % 3, 0, i % 3) for i in range(count)}
    schedule = replace(vliw()[1], ops=places, ii=1000)
    root = inert(schedule._repr_svg_() or "")
    labels = [e for e in root.iter(f"{SVG}text") if (e.text or "").startswith("operation")]
    assert len(labels) == len({e.attrib["y"] for e in labels}) == count


def test_what_nobody_draws() -> None:
    """A notebook passes over None and shows the repr."""

    class Other(Displayed):
        """A type without a form."""

    assert Other()._repr_html_() is None
    assert Other()._repr_svg_() is None


def test_drawing_is_loaded_when_something_is_shown() -> None:
    """What a schedule is does not load how it is drawn."""
    code = (
        "import sys, twill.schedule, twill.machine, twill.loop;"
        "assert not any(m.startswith('twill.reports') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
