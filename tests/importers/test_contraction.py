from __future__ import annotations

import random

import pytest

from tests.importers.dumps import Json, attention, edge, plain, read
from twill.schedule import Optimal
from twill.solver import SolveOptions, solve


def _optimum(data: Json, contract: bool) -> tuple[int, int]:
    """The smallest II and, at it, the smallest length."""
    problem = read(data, contract=contract).problem
    outcome = solve(problem, SolveOptions(time_limit=60, workers=1, levels=("length",)))
    assert isinstance(outcome, Optimal)
    assert all(level.proved for level in outcome.schedule.objective)
    return outcome.schedule.ii, outcome.schedule.length


def _random_graph(seed: int) -> Json:
    """A graph in which about half of the operations take no time."""
    pick = random.Random(seed)  # noqa: S311
    count = pick.randint(3, 7)
    latency: list[int] = []
    costs = []
    for _ in range(count):
        time = pick.choice([0, 0, pick.randint(1, 6)])
        latency.append(time)
        unit = pick.choice(["CUDA", "SFU"]) if time else "NONE"
        held = pick.randint(1, time) if time else 0
        costs.append(f"{unit} {time} {held} {held}")
    edges = []
    for dst in range(1, count):
        for src in pick.sample(range(dst), pick.randint(1, min(2, dst))):
            edges += [edge(src, dst, latency[src])]
    for _ in range(pick.randint(0, 2)):
        src, dst = pick.randrange(count), pick.randrange(count)
        edges.append(edge(src, dst, latency[src], pick.randint(1, 2)))
    return plain(*costs, edges=edges)


@pytest.mark.parametrize("seed", range(25))
def test_contraction_changes_neither_ii_nor_length(seed: int) -> None:
    """What takes no time can always start with its source."""
    data = _random_graph(seed)
    assert _optimum(data, contract=True) == _optimum(data, contract=False)


def test_random_graphs_are_contracted_at_all() -> None:
    """The test above compares different graphs."""
    smaller = [
        len(read(_random_graph(seed), contract=True).problem.ops)
        < len(read(_random_graph(seed)).problem.ops)
        for seed in range(25)
    ]
    assert sum(smaller) > 10


def test_the_attention_loop() -> None:
    """The dump of our own has the same optimum with 11 operations as with 15."""
    assert len(read(attention(), contract=True).problem.ops) == 11
    assert _optimum(attention(), contract=True) == _optimum(attention(), contract=False)


@pytest.mark.parametrize(
    ("why", "costs", "edges"),
    [
        ("it has two sources", ["CUDA 2 2 2", "CUDA 2 2 2", "NONE 0 0 0", "CUDA 2 2 2"],
         [edge(0, 2, 2), edge(1, 2, 2), edge(2, 3, 0)]),
        ("its source is of the iteration before", ["CUDA 2 2 2", "NONE 0 0 0", "CUDA 2 2 2"],
         [edge(0, 1, 2, 1), edge(1, 2, 0)]),
        ("nothing reads it in its own iteration", ["CUDA 2 2 2", "NONE 0 0 0"],
         [edge(0, 1, 2), edge(1, 0, 0, 1)]),
        ("it would be the last result", ["CUDA 2 2 2", "NONE 0 0 0", "CUDA 1 1 1"],
         [edge(0, 1, 9), edge(1, 2, 0)]),
        ("it takes time", ["CUDA 2 2 2", "NONE 1 0 0", "CUDA 2 2 2"],
         [edge(0, 1, 2), edge(1, 2, 1)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_not_contracted(why: str, costs: list[str], edges: list[Json]) -> None:
    """Where the argument does not hold, the operation stays."""
    data = plain(*costs, edges=edges)
    assert len(read(data, contract=True).problem.ops) == len(costs), why


def test_delays_add_up_along_a_chain() -> None:
    """Readers of what is gone wait as long as before, over as many iterations."""
    data = plain(
        "CUDA 5 2 2", "NONE 0 0 0", "NONE 0 0 0", "CUDA 1 1 1",
        edges=[edge(0, 1, 5), edge(1, 2, 0), edge(2, 3, 0), edge(2, 0, 3, 2)],
    )  # fmt: skip
    problem = read(data, contract=True).problem
    found = {(d.src, d.dst): (d.delay, d.distance) for d in problem.dependences}
    assert found == {("addf_0", "addf_3"): (5, 0), ("addf_0", "addf_0"): (8, 2)}
