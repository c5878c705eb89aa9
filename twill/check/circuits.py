"""Circuits of dependences and of rings: what must have passed when one comes around.

Every arc says start[dst] + distance * II >= start[src] + delay, for a reason of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from twill.accounting import ceil_div
from twill.check.period import Invalid
from twill.problem import Dependence, Problem
from twill.storage import buffers, constraint_dependences, read_end

Step = Mapping[str, Any]


def expect(what: str, stated: object, actual: object) -> None:
    """Something stated is what was computed, or Invalid is raised."""
    if stated != actual:
        raise Invalid(f"{what} is stated as {stated}, it is {actual}")


def circuit(problem: Problem, step: Step) -> None:
    """RECURRENCE, BUFFER: around a circuit the delays may not outrun II times the distances."""
    _around(problem, step)
    if step["distance"] <= 0:
        raise Invalid("a circuit that bounds the II has a distance above 0")
    expect("the bound", step["ii"], ceil_div(step["delay"], step["distance"]))


def endless(problem: Problem, step: Step) -> None:
    """ENDLESS CIRCUIT: delay around a circuit of no distance, which no II makes room for."""
    _around(problem, step)
    if step["delay"] <= 0 or step["distance"] > 0:
        raise Invalid("it is no circuit of positive delay over no distance")


def _around(problem: Problem, step: Step) -> None:
    arcs: Sequence[Step] = step["arcs"]
    for before, after in pairwise([arcs[-1], *arcs]):
        expect("the source of an arc", after["src"], before["dst"])
    for number, arc in enumerate(arcs):
        stated = (arc["src"], arc["dst"], arc["delay"], arc["distance"])
        why = _dependence_arc if arc["why"][0] == "dependence" else ring_arc
        expect(f"arc {number}", stated, why(problem, *arc["why"][1:]))
    expect("the delay", step["delay"], sum(arc["delay"] for arc in arcs))
    expect("the distance", step["distance"], sum(arc["distance"] for arc in arcs))


def _dependence_arc(problem: Problem, number: int) -> tuple[str, str, int, int]:
    d = constraint_dependences(problem)[number]
    crosses = d.kind == "flow" and must_cross(problem, d)
    later = problem.op[d.src].handoff.latency if crosses else 0
    return d.src, d.dst, d.delay + later, d.distance


def ring_arc(
    problem: Problem, name: str, end: tuple[str, int | None], begin: str
) -> tuple[str, str, int, int]:
    """A ring with room for n slots: what begins a life waits for the end of the n-th before."""
    rings = {ring.name: ring for ring in buffers(problem)}
    ring = rings[name]
    room = problem.memory[ring.memory].capacity - sum(
        size for line, size in memory_lines(problem, ring.memory).items() if line != name
    )
    if ring.accumulator or not 0 < ring.size <= room:
        raise Invalid(f"ring {name} sets no bound")
    member, number = end
    late = ring.members[member]
    source, reading = member, problem.op[member]
    delay = 0 if reading.streaming else reading.latency
    if number is not None:
        d = problem.dependences[number]
        if d.kind != "flow" or d.src != member:
            raise Invalid(f"dependence {number} does not read {member}")
        source, delay, late = d.dst, read_end(problem, d), late + d.distance
    writer = problem.op[begin]
    early = writer.latency if writer.streaming else 0
    return source, begin, delay + early, room // ring.size - late + ring.members[begin]


def must_cross(problem: Problem, d: Dependence) -> bool:
    """Whether the ends of a dependence are on different roles in every schedule."""
    source, reader = problem.op[d.src], problem.op[d.dst]
    labels = problem.requirements.roles
    apart = {d.src, d.dst} <= labels.keys() and labels[d.src] != labels[d.dst]
    return problem.roles is not None and (
        apart or source.variable_latency != reader.variable_latency
    )


def memory_lines(problem: Problem, memory: str) -> dict[str, int]:
    """What a memory holds in any schedule: invariants, and one slot of every ring."""
    lines: Iterable[tuple[str, int]] = (
        *((i.name, i.size) for i in problem.invariants if i.space == memory),
        *((ring.name, ring.size) for ring in buffers(problem) if ring.memory == memory),
    )
    return dict(lines)
