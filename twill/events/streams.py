"""A role's instruction stream as edges: what comes after what, and after how many cycles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twill.events.graph import Edge


@dataclass(frozen=True, slots=True)
class Turn:
    """An event in a stream, in the order of the stream.

    It keeps the stream from ``lead`` cycles before the event until ``tail`` cycles after it, and
    works on iteration t + ``offset`` in body t. One that ``blocks`` shares the stream with
    nothing. ``free``: not even its beginning is in order with what does not block. ``inside``:
    the event in whose lead it stands. ``silent``: nothing waits for it on the stream's account.
    """

    event: str
    lead: int
    tail: int
    offset: int
    blocks: bool
    free: bool = False
    inside: str = ""
    silent: bool = False


def stream_edges(role: str, turns: Sequence[Turn]) -> Iterator[Edge]:
    """The edges of one stream, which starts over after its last event (docs/problem.md)."""
    for number, turn in enumerate(turns):
        if not turn.silent:
            why = f"{turn.event} keeps {role} until its next instance"
            yield Edge(turn.event, turn.event, turn.lead + turn.tail, 1, "stream", why)
        yield from _before(role, turns, number)


def _before(role: str, turns: Sequence[Turn], number: int) -> Iterator[Edge]:
    """What an event of a stream waits for: all that is in its way, back to what blocks."""
    turn = turns[number]
    beginning = not turn.free
    for back in range(1, len(turns)):
        other = turns[number - back]
        tokens = turn.offset - other.offset + (1 if back > number else 0)
        if other.silent:
            continue
        if turn.blocks or other.blocks:
            why = f"{turn.event} comes after {other.event} in the stream of {role}"
            shared = other.inside and other.inside in {turn.event, turn.inside}
            delay = other.tail + (0 if shared else turn.lead)
            yield Edge(other.event, turn.event, delay, tokens, "stream", why)
        elif beginning and not other.free:
            why = f"{turn.event} does not begin before {other.event} in the stream of {role}"
            yield Edge(other.event, turn.event, 0, tokens, "stream", why)
            beginning = False
        if other.blocks:
            return
