"""Slots of rings and copies of registers, with what they hold and who still has to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from twill.simulate.values import Value

Reader: TypeAlias = tuple[str, int, int]
"""An operation (or hand-off), an iteration, and a warp of its role."""

Queue: TypeAlias = tuple[str, str, int]
"""A role, an engine that completes what it is given in order, and the warp that gives it."""


@dataclass(slots=True, eq=False)
class Part:
    """What one warp started on an engine: an operation, or its share of one."""

    op: str
    iteration: int
    warp: int
    queue: Queue | None
    due: bool = False
    done: bool = False


@dataclass(slots=True, eq=False)
class Entry:
    """A value of an iteration. ``ready``: from when on it may be read, None while an engine writes.

    ``remaining``: who has not begun to read it; ``reading``: who has, until when, or which part
    of an engine's work.
    """

    value: str
    iteration: int
    content: Value
    ready: int | None
    writer: Part | None
    by_warp: int
    remaining: set[Reader] = field(default_factory=set)
    reading: dict[Reader, int | Part] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """What it is, for a reader."""
        return f"{self.value} of iteration {self.iteration}"


@dataclass(slots=True)
class Cell:
    """The share of a slot, or of a register copy, that one warp can write by itself."""

    entries: dict[tuple[str, int], Entry] = field(default_factory=dict)
    replaced: dict[tuple[str, int], Entry] = field(default_factory=dict)
    replaced_by: tuple[str, int] | None = None

    def get(self, tag: tuple[str, int], by: Reader) -> Entry | None:
        """The entry of a value, also for a warp whose own operation has just overwritten it."""
        if self.replaced_by == by[:2]:
            return self.entries.get(tag) or self.replaced.get(tag)
        return self.entries.get(tag)

    def holds(self) -> str:
        """What is in it, for a reader."""
        return " and ".join(e.tag for e in self.entries.values()) or "nothing yet"

    def in_the_way(
        self,
        kills: Callable[[Entry], bool],
        by: Reader,
        part: Part | None,
        busy: Callable[[Reader, int], bool],
    ) -> tuple[Entry, Reader | None] | None:
        """An entry that may not be overwritten yet, and by whom it is used (None: its writer).

        ``busy``: whether a warp that reads until a cycle still does. An operation that reads what
        it overwrites sees to that itself.
        """
        for entry in self.entries.values():
            if not kills(entry):
                continue
            others = sorted(r for r in entry.remaining if r[:2] != by[:2])
            if others:
                return entry, others[0]
            for reader, until in entry.reading.items():
                late = busy(reader, until) if isinstance(until, int) else _going_on(until, part)
                if reader[:2] != by[:2] and late:
                    return entry, reader
            if entry.writer is not None and _going_on(entry.writer, part):
                return entry, None
        return None

    def put(self, entry: Entry, kills: Callable[[Entry], bool]) -> None:
        """Replace what the entry overwrites."""
        self.replaced = {tag: e for tag, e in self.entries.items() if kills(e)}
        self.replaced_by = (entry.value, entry.iteration)
        self.entries = {tag: e for tag, e in self.entries.items() if tag not in self.replaced}
        self.entries[self.replaced_by] = entry


def _going_on(use: Part, part: Part | None) -> bool:
    """Whether an engine is at it; what one engine does in order does not disturb itself."""
    in_order = part is not None and part.queue is not None and part.queue == use.queue
    return not use.done and not in_order
