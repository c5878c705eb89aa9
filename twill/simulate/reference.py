"""The loop in program order, iteration by iteration: no schedule, no roles, no machine."""

from __future__ import annotations

from collections.abc import Mapping

from twill.problem import Problem
from twill.simulate.values import Source, Value, Values

Results = Mapping[tuple[str, int], Value]
"""The value of every operation in every iteration."""


def reads(problem: Problem) -> dict[str, tuple[Source, ...]]:
    """What every operation reads: operations, and how many iterations ago."""
    found: dict[str, dict[Source, None]] = {op.name: {} for op in problem.ops}
    for d in problem.dependences:
        if d.kind == "flow":
            found[d.dst][d.src, d.distance] = None
    return {name: tuple(sources) for name, sources in found.items()}


def in_program_order(problem: Problem) -> tuple[str, ...]:
    """Operations such that each comes after what it reads in its own iteration."""
    needs = {name: {s for s, d in sources if d == 0} for name, sources in reads(problem).items()}
    order: dict[str, None] = {}
    while len(order) < len(needs):
        ready = [name for name in needs if name not in order and needs[name] <= set(order)]
        assert ready, "operations of one iteration read each other in a circle"
        order |= dict.fromkeys(ready)
    return tuple(order)


def run_in_order(problem: Problem, values: Values, trips: int) -> dict[tuple[str, int], Value]:
    """The values of all operations, iteration by iteration."""
    sources = reads(problem)
    order = in_program_order(problem)
    results: dict[tuple[str, int], Value] = {}
    for iteration in range(trips):
        for name in order:
            operands = {
                (source, ago): results[source, iteration - ago]
                if iteration >= ago
                else values.initial(source)
                for source, ago in sources[name]
            }
            results[name, iteration] = values.result(name, iteration, operands)
    return results
