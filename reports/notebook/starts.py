"""The starts of a period as marks on a line for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twill.reports.svg.axis import Axis
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import picture
from twill.reports.svg.glyphs import clip, width
from twill.schedule import Schedule
from twill.text import visible

_SIZE, _LABEL, _TOP, _LANE, _FONT = 1100, 130, 30, 20, 11.5
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class _Mark:
    """An operation's start at ``x``, its name from ``left`` to ``right``."""

    name: str
    label: str
    slot: int
    stage: int
    x: float
    left: float
    right: float


def starts_svg(schedule: Schedule, ident: str) -> str:
    """A row for each role, and one for what is on none."""
    axis = Axis(0, schedule.ii, _LABEL, _SIZE - 20)
    parts: list[Markup] = []
    told: list[str] = []
    y = float(_TOP)
    for row, names in _rows(schedule):
        marks = [*_marks(schedule, names, axis)]
        lanes = _lanes(marks)
        label: dict[str, Value] = {"class": "m b", "x": 2, "y": y + 14}
        parts.append(element("text", label, clip(visible(row), _LABEL - 8, 12)))
        for lane in lanes:
            parts += [_drawn(mark, y) for mark in lane]
            y += _LANE
        y += 8
        starts = ", ".join(f"{mark.name} at {mark.slot}" for mark in marks)
        told.append(f"{visible(row)}: {starts}.")
    title = f"When operations start in a period of {schedule.ii} cycles"
    parts = [*axis.ruler(14, y), *parts]
    return picture(ident, title, " ".join(told), (_SIZE, y + 4), parts, standalone=True)


def _rows(schedule: Schedule) -> Iterator[tuple[str, list[str]]]:
    by_start = sorted(schedule.ops, key=lambda name: (schedule.ops[name].slot, name))
    for role in [*(role.name for role in schedule.roles), None]:
        names = [name for name in by_start if schedule.ops[name].role == role]
        if names:
            yield role if role is not None else "no role", names


def _marks(schedule: Schedule, names: list[str], axis: Axis) -> Iterator[_Mark]:
    """A name stands to the right of its mark, or to the left where the picture ends."""
    for name in names:
        place = schedule.ops[name]
        x = axis.at(place.slot)
        label = clip(visible(name), _LONGEST, _FONT)
        room = width(label, _FONT) + 5
        left = x if x + room <= _SIZE else x - room
        yield _Mark(visible(name), label, place.slot, place.stage, x, left, left + room)


def _lanes(marks: list[_Mark]) -> list[list[_Mark]]:
    found: list[list[_Mark]] = []
    for mark in sorted(marks, key=lambda m: (m.left, m.name)):
        lane = next((lane for lane in found if lane[-1].right + 4 <= mark.left), None)
        if lane is None:
            found.append([mark])
        else:
            lane.append(mark)
    return found


def _drawn(mark: _Mark, y: float) -> Markup:
    inside = mark.left == mark.x
    at = {"x": round(mark.x + (3 if inside else -3), 1), "y": y + 14}
    style = "m n" if inside else "m n r"
    tick: dict[str, Value] = {"class": "edge", "d": f"M{mark.x:g},{y + 2:g}v{_LANE - 4}"}
    hover = f"{mark.name}: cycle {mark.slot}, stage {mark.stage}"
    return element(
        "g",
        {},
        element("title", {}, hover),
        element("path", tick),
        element("text", {"class": style, **at}, mark.label),
    )
