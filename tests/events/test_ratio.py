"""Maximum cycle ratios and liveness, against every simple circuit of small graphs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from tests.events.graphs import circuits, largest_ratio, random_graph
from twill.events.graph import Edge, EventGraph, Part
from twill.events.ratio import dead_circuit, delay_of, max_ratio

LONGER = (Fraction(0), Fraction(1, 4), Fraction(2, 3))


def live(seed: int) -> EventGraph | None:
    """A random graph, if every circuit carries a token."""
    graph = random_graph(seed)
    return graph if all(sum(e.tokens for e in c) > 0 for c in circuits(graph)) else None


def test_ratio_is_that_of_the_worst_circuit() -> None:
    """Exactly, as a fraction, with latencies as stated and longer."""
    seen = 0
    for seed in range(400):
        graph = live(seed)
        if graph is None:
            continue
        for longer in LONGER:
            assert max_ratio(graph, longer).cycles == largest_ratio(graph, longer), seed
        seen += any(circuits(graph))
    assert seen > 150


def test_the_circuit_has_the_ratio() -> None:
    """It is closed, and its delay per token is the ratio."""
    for seed in range(400):
        graph = live(seed)
        found = max_ratio(graph) if graph is not None else None
        if found is None or not found.circuit:
            continue
        circuit = found.circuit
        assert all(one.dst == two.src for one, two in pairwise((*circuit, circuit[0])))
        assert delay_of(circuit) / sum(edge.tokens for edge in circuit) == found.cycles


def test_a_program_is_dead_where_a_circuit_carries_no_token() -> None:
    """And the circuit that is named is one."""
    dead = 0
    for seed in range(400):
        graph = random_graph(seed)
        circuit = dead_circuit(graph)
        hangs = any(sum(e.tokens for e in c) <= 0 for c in circuits(graph))
        assert (circuit is not None) == hangs, seed
        if circuit is not None:
            assert sum(edge.tokens for edge in circuit) <= 0
            dead += 1
    assert dead > 20


def test_what_takes_time_but_no_token_has_no_ratio() -> None:
    """No period is long enough for it."""
    edges = (
        Edge("a", "b", 5, 0, "dependence", ""),
        Edge("b", "a", -4, 0, "unit", ""),
        Edge("b", "b", 7, 1, "stream", ""),
    )
    found = max_ratio(EventGraph(edges))
    assert found.cycles is None
    assert {edge.src for edge in found.circuit} == {"a", "b"}


def test_turns_on_a_unit_do_not_hang_a_program() -> None:
    """Hardware serves what comes; only what a program waits for counts."""
    waits = (Edge("a", "b", 1, 0, "dependence", ""),)
    assert dead_circuit(EventGraph((*waits, Edge("b", "a", 0, 0, "unit", "")))) is None
    assert dead_circuit(EventGraph((*waits, Edge("b", "a", 0, 0, "barrier", "")))) is not None


@pytest.mark.parametrize(("longer", "cycles"), [(0, 10), (1, 18)])
def test_only_latencies_grow(longer: int, cycles: int) -> None:
    """Eight of the ten cycles are a latency."""
    edge = Edge("a", "a", 10, 1, "dependence", "", (Part("engine", 8),))
    assert max_ratio(EventGraph((edge,)), Fraction(longer)).cycles == cycles


def test_nothing_needs_less_than_the_least() -> None:
    """A period that something else asks for holds, and no circuit is to blame."""
    edge = Edge("a", "a", 10, 1, "dependence", "")
    found = max_ratio(EventGraph((edge,)), least=Fraction(12))
    assert found.cycles == 12
    assert not found.circuit
