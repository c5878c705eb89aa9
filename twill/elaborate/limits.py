"""Numbers that are too large to schedule with: no tile of a thread block takes so much."""

from __future__ import annotations

from collections.abc import Iterator

from twill.diagnostics import Diagnostic
from twill.elaborate.graph import Graph
from twill.elaborate.settings import LARGEST
from twill.loop import Loop
from twill.problem import Op, Problem


def too_large(loop: Loop, graph: Graph, problem: Problem) -> list[Diagnostic]:
    """One error per operation or input with a number beyond 2^31 - 1."""
    found: dict[Diagnostic, None] = {}
    for op in problem.ops:
        what, most = max(_numbers(op), key=lambda number: number[1])
        if most > LARGEST:
            name = graph.nodes[op.name].op.name
            found[_fault(loop, ("operations", name), name, what, most)] = None
    for tile in problem.invariants:
        if tile.size > LARGEST:
            what = f"size in {tile.space}"
            found[_fault(loop, ("inputs", tile.name), tile.name, what, tile.size)] = None
    return list(found)


def _fault(loop: Loop, path: tuple[str, str], name: str, what: str, most: int) -> Diagnostic:
    shown = f"{most:,}" if most < 10**15 else f"about 10^{len(str(most)) - 1}"
    message = f"{name}: its {what} is {shown}, more than {LARGEST:,}"
    return loop.places.error(path, message, "use smaller tiles", key=True)


def _numbers(op: Op) -> Iterator[tuple[str, int]]:
    yield "issue time in cycles", op.issue
    yield "latency in cycles", max(op.latency, op.handoff.latency, *op.latencies.values())
    if op.result is not None:
        yield f"size in {op.result.space}", op.result.size
    for unit, reserved in op.reservations.items():
        yield f"time on {unit} in cycles", max((r.offset + r.length for r in reserved), default=0)
