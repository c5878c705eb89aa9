"""What became of a foreign graph: taken over, assumed, left out, not understood.

Nothing of a file is dropped silently: whatever is not in the problem is in its account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from twill.diagnostics import Diagnostic

Reading = Literal["timing", "memory", "joint"]
"""How much of a graph becomes part of the problem.

``timing``: units and dependences, a plain modulo-scheduling problem. ``memory``: also the
buffers and the memories that hold them. ``joint``: also roles, registers and hand-offs.
"""

READINGS: tuple[Reading, ...] = ("timing", "memory", "joint")


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was taken over, assumed or left out; ``reason`` is empty where plain.

    ``ops``: the operations concerned, by their names in the problem (or, where they are not
    in it, by the names that they would have).
    """

    what: str
    text: str
    reason: str = ""
    ops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one import.

    ``not_understood``: what the file holds that this importer does not know, each with its
    place; harmless, or it would have been an error. ``totals``: what the file itself says
    about its lower bounds. ``idle``: per unit, operations that are on it for no cycle.
    """

    source: str
    schema: str
    loop: int
    reading: Reading
    taken: tuple[Note, ...]
    assumed: tuple[Note, ...]
    left_out: tuple[Note, ...]
    not_understood: tuple[Diagnostic, ...]
    totals: Mapping[str, int]
    idle: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Notes:
    """An account under construction; ``errors`` keep a problem from being made."""

    taken: list[Note] = field(default_factory=list)
    assumed: list[Note] = field(default_factory=list)
    left_out: list[Note] = field(default_factory=list)
    not_understood: list[Diagnostic] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)

    def unknown(self, found: Iterable[Diagnostic], allowed: bool) -> None:
        """Note what is not known: an error, unless it was asked to let it pass."""
        (self.not_understood if allowed else self.errors).extend(found)

    def take(self, what: str, text: str, ops: Iterable[str] = ()) -> None:
        """Note something taken over."""
        self.taken.append(Note(what, text, ops=tuple(ops)))

    def assume(self, what: str, text: str, reason: str, ops: Iterable[str] = ()) -> None:
        """Note an assumption with its reason."""
        self.assumed.append(Note(what, text, reason, tuple(ops)))

    def leave(self, what: str, text: str, reason: str, ops: Iterable[str] = ()) -> None:
        """Note something that is understood and not part of the problem."""
        self.left_out.append(Note(what, text, reason, tuple(ops)))
