"""The memories over one period: their rings slot by slot, and what is taken of each."""

from __future__ import annotations

from twill.problem import Memory
from twill.reports.memory import Life, Ring, rings
from twill.reports.svg.axis import Axis
from twill.reports.svg.boxes import BOX, LANE
from twill.reports.svg.element import Markup, Value, element
from twill.reports.svg.frame import STYLES, WIDTH, fill, hatchings, picture
from twill.reports.svg.glyphs import SANS, clip, fullest, width
from twill.reports.svg.prose import paragraph
from twill.reports.view import View
from twill.reports.words import percent, quantity

_TOP, _LEFT, _RIGHT, _GAP = 24, 200, 90, 26
_BAR = 22

_WORDS = (
    "Bars: what is taken of a memory, of its whole capacity. Lanes: the slots of each ring; "
    "@+k is the instance of iteration i+k, @+0 the oldest; pale while it is being written."
)


def memory_svg(view: View, *, ident: str = "memory", standalone: bool = False) -> str:
    """A bar and lanes for every memory that is used; empty where there is none."""
    used = [m for m in view.problem.memories if view.usage.memory_lines(m.name)]
    if not used:
        return ""
    sheet = _Sheet(view, ident)
    y: float = _TOP
    for memory in used:
        y = sheet.memory(memory, y) + _GAP
    words, y = paragraph(_WORDS, _LEFT, y, WIDTH - _LEFT - _RIGHT)
    told = " ".join(_told(view, memory) for memory in used)
    parts = [hatchings(ident, set(range(STYLES))), *sheet.parts, *words]
    return picture(ident, "Memory over one period", told, (WIDTH, y), parts, standalone)


def _told(view: View, memory: Memory) -> str:
    lines = view.usage.memory_lines(memory.name)
    what = ", ".join(f"{name} {quantity(amount, memory.unit)}" for name, amount in lines)
    return f"{memory.name}: {_taken(view, memory)}: {what}."


def _taken(view: View, memory: Memory) -> str:
    used = sum(amount for _, amount in view.usage.memory_lines(memory.name))
    whole = quantity(memory.capacity, memory.unit)
    return f"{quantity(used, memory.unit)} of {whole}, {percent(used, memory.capacity)}"


class _Sheet:
    """Draws memories one below the other."""

    def __init__(self, view: View, ident: str) -> None:
        self._view, self._ident = view, ident
        self._axis = Axis(0, view.schedule.ii, _LEFT, WIDTH - _RIGHT)
        self.parts: list[Markup] = []

    def memory(self, memory: Memory, y: float) -> float:
        """One memory; where it ends."""
        name = clip(memory.name, _LEFT - 12, 12)
        self._text("m b", 2, y, name)
        self._text("b", self._axis.left, y, _taken(self._view, memory))
        self._bar(memory, y + 8)
        y += 8 + _BAR + 20
        found = rings(self._view, memory.name)
        lanes = sum(len(ring.slots) for ring in found)
        if not found:
            return y - 20
        self.parts += self._axis.ruler(y, y + 8 + lanes * LANE + 4 * (len(found) - 1))
        y += 8
        for ring in found:
            y = self._ring(ring, memory, y) + 4
        return y

    def _bar(self, memory: Memory, y: float) -> None:
        """What takes the memory, side by side on its capacity."""
        lines = self._view.usage.memory_lines(memory.name)
        used = sum(amount for _, amount in lines)
        scale = (self._axis.right - self._axis.left) / max(memory.capacity, used)
        self._rect("ground", self._axis.left, y, memory.capacity * scale, _BAR)
        x = self._axis.left
        for name, amount in lines:
            size = quantity(amount, memory.unit)
            taken = amount * scale
            hover = element("title", {}, f"{name}: {size}")
            self._rect("part", x, y, taken, _BAR, "", hover)
            label = fullest((f"{name} {size}", name), taken - 8, 11.5)
            self._text("m n c t", x + taken / 2, y + _BAR / 2 + 4, label)
            x += taken

    def _ring(self, ring: Ring, memory: Memory, y: float) -> float:
        buffer = ring.buffer
        slots = len(ring.slots)
        size = quantity(buffer.size, memory.unit)
        title = " = ".join(buffer.members)
        for number, lives in enumerate(ring.slots):
            base = y + LANE / 2 + 4
            name = f"slot {number}" if slots > 1 else ""
            room = _LEFT - 12 - width(name, 11, SANS) - (8 if name else 0)
            self._text("m n", 2, base, clip(title, room, 11.5) if number == 0 else "", title)
            self._text("s f r", _LEFT - 6, base, name)
            self._text("s f", self._axis.right + 8, base, size)
            for life in lives:
                self._life(ring, life, y)
            y += LANE
        return y

    def _life(self, ring: Ring, life: Life, y: float) -> None:
        top = y + (LANE - BOX) / 2
        style = life.iteration % STYLES
        at, buffer = self._axis.at, ring.buffer
        words = self._words(ring, life)
        if life.full > life.begin:
            left, right = at(life.begin), at(life.full)
            hover = element("title", {}, f"{words}, being written")
            self._rect(f"e{style} pale", left, top, right - left, BOX, "", hover)
        left, right = at(life.full), at(life.end)
        if life.end > life.full:
            hover = element("title", {}, words)
            self._rect(f"e{style}", left, top, right - left, BOX, fill(self._ident, style), hover)
        label = f"{buffer.name}@{life.iteration:+d}"
        labels = ("alive throughout",) if buffer.accumulator else (label, f"@{life.iteration:+d}")
        inside = fullest(labels, right - left - 6, 11.5)
        if inside:
            self._text("m n c t", (left + right) / 2, top + BOX / 2 + 4, inside)
        elif life.full > life.begin:
            left, right = at(life.begin), at(life.full)
            inside = fullest(labels, right - left - 6, 11.5)
            self._text("m n c t", (left + right) / 2, top + BOX / 2 + 4, inside)

    def _words(self, ring: Ring, life: Life) -> str:
        if ring.buffer.accumulator:
            return f"{ring.buffer.name}: an accumulator, alive throughout"
        before = "" if life.opened else " (from before)"
        after = "" if life.closed else " (and on)"
        cycles = f"cycles {life.begin}{before} to {life.end}{after}"
        return f"{ring.buffer.name}@{life.iteration:+d}: {cycles}"

    def _text(self, style: str, x: float, y: float, words: str, whole: str = "") -> None:
        if not words:
            return
        hover = [element("title", {}, whole)] if whole and whole != words else []
        at: dict[str, Value] = {"class": style, "x": round(x, 1), "y": y}
        self.parts.append(element("text", at, words, *hover))

    def _rect(
        self,
        style: str,
        x: float,
        y: float,
        wide: float,
        high: float,
        filled: str = "",
        *hover: Markup,
    ) -> None:
        attributes: dict[str, Value] = {"class": style}
        if filled:
            attributes["fill"] = filled
        attributes |= {"x": round(x, 2), "y": y, "width": round(wide, 2), "height": high}
        self.parts.append(element("rect", attributes, *hover))
