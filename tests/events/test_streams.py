"""What the turns of a stream wait for."""

from __future__ import annotations

from twill.events.streams import Turn, stream_edges


def edges(*turns: Turn) -> set[tuple[str, str, int, int]]:
    """(from, to, delay, tokens), without those from an event to itself."""
    found = stream_edges("role", turns)
    return {(e.src, e.dst, e.delay, e.tokens) for e in found if e.src != e.dst}


def test_what_blocks_shares_the_stream_with_nothing() -> None:
    """It comes after all that is under way, and all that follows comes after it."""
    a = Turn("a", 0, 10, 0, blocks=False)
    b = Turn("b", 0, 20, 0, blocks=False)
    c = Turn("c", 5, 3, 0, blocks=True)
    assert edges(a, b, c) == {
        ("c", "a", 3, 1),
        ("a", "b", 0, 0),
        ("c", "b", 3, 1),
        ("a", "c", 15, 0),
        ("b", "c", 25, 0),
    }


def test_offsets_become_tokens() -> None:
    """What works on a later iteration in the same body meets an older instance of the other."""
    a = Turn("a", 0, 10, 1, blocks=True)
    b = Turn("b", 0, 20, 0, blocks=True)
    assert edges(a, b) == {("a", "b", 10, -1), ("b", "a", 20, 2)}


def test_a_window_is_at_most_a_period_long() -> None:
    """An event waits for its own last instance."""
    (edge,) = stream_edges("role", [Turn("a", 4, 6, 3, blocks=False)])
    assert (edge.src, edge.dst, edge.delay, edge.tokens) == ("a", "a", 10, 1)


def test_free_events_are_in_order_only_with_what_blocks() -> None:
    """An arrival does not hold back an operation that may be interleaved."""
    a = Turn("a", 0, 10, 0, blocks=False)
    arrive = Turn("arrive", 0, 1, 0, blocks=False, free=True)
    b = Turn("b", 0, 10, 0, blocks=False)
    assert edges(a, arrive, b) == {("a", "b", 0, 0), ("b", "a", 0, 1)}


def test_the_lead_counts_once() -> None:
    """An added wait inside the lead of an operation comes after it, the operation at once."""
    a = Turn("a", 0, 10, 0, blocks=True)
    added = Turn("sync", 5, 2, 0, blocks=True, inside="b")
    b = Turn("b", 5, 1, 0, blocks=True)
    found = edges(a, added, b)
    assert ("a", "sync", 15, 0) in found
    assert ("sync", "b", 2, 0) in found
