from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from twill.reports.svg.layered import Link, arrange, layers

PAIRS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40, unique=True)


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_boxes_do_not_touch_and_edges_have_room(pairs: list[tuple[int, int]]) -> None:
    """In every layer boxes and passing edges stand side by side; chains skip no layer."""
    names = [f"v{i}" for i in range(15)]
    arcs = [(names[min(p)], names[max(p)]) for p in pairs if p[0] != p[1]]
    layer = layers(names, arcs)
    assert all(layer[u] < layer[v] for u, v in arcs)
    links = [Link(f"{i}", u, v) for i, (u, v) in enumerate(arcs)]
    room = {name: 40.0 + 7 * i for i, name in enumerate(names)}
    graph = arrange(room, layer, links, 10)
    for row in graph.rows:
        for one, other in pairwise(row):
            apart = (graph.room(one) + graph.room(other)) / 2 + 10
            assert graph.x[other] - graph.x[one] >= apart - 0.3
    for link in links:
        assert len(graph.chains[link.key]) == layer[link.lower] - layer[link.upper] + 1


def test_a_chain_is_straight() -> None:
    """One below the other, without bends."""
    names = ["a", "b", "c"]
    arcs = [("a", "b"), ("b", "c")]
    links = [Link(f"{u}{v}", u, v) for u, v in arcs]
    graph = arrange(dict.fromkeys(names, 50.0), layers(names, arcs), links, 10)
    assert len({graph.x[name, 0] for name in names}) == 1


def test_crossings_are_undone() -> None:
    """Two crossed pairs are put side by side."""
    names = ["a", "b", "c", "d"]
    arcs = [("a", "d"), ("b", "c")]
    links = [Link(f"{u}{v}", u, v) for u, v in arcs]
    graph = arrange(dict.fromkeys(names, 50.0), layers(names, arcs), links, 10)
    left = graph.x["a", 0] < graph.x["b", 0]
    assert (graph.x["d", 0] < graph.x["c", 0]) == left


def test_a_circuit_without_distance_is_drawn_too() -> None:
    """An impossible problem still has layers."""
    assert layers(["a", "b"], [("a", "b"), ("b", "a")]) == {"a": 0, "b": 1}
