"""Bounds on the II by arithmetic: every term is computed again from the problem, then the sum.

Why each of them is a bound is said in ``docs/problem.md``, "Bounds by arithmetic".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from twill.accounting import buffers, ceil_div, constraint_dependences, read_end
from twill.check.period import Invalid
from twill.problem import Dependence, Op, Problem

Step = Mapping[str, Any]


def check_bound(problem: Problem, step: Step) -> None:
    """Check one step of arithmetic. Raises Invalid, also where names or numbers do not exist."""
    try:
        _KINDS[step["kind"]](problem, step)
    except (KeyError, IndexError) as missing:
        raise Invalid(f"it names what the problem does not have: {missing}") from None


def _expect(what: str, stated: object, actual: object) -> None:
    if stated != actual:
        raise Invalid(f"{what} is stated as {stated}, it is {actual}")


def _terms(stated: Mapping[str, int], actual: Callable[[str], int]) -> None:
    for name, value in stated.items():
        _expect(f"the term of {name}", value, actual(name))


def _sums(step: Step, ii: int) -> None:
    _expect("the sum", step["sum"], sum(step["ops"].values()) + step.get("other", 0))
    _expect("the bound", step["ii"], ii)


def _resource(problem: Problem, step: Step) -> None:
    """RESOURCE: what operations ask of a unit in one period, over what it serves in a cycle."""
    unit = problem.unit[step["unit"]]
    _terms(
        step["ops"],
        lambda name: sum(
            r.length * r.amount for r in problem.op[name].reservations.get(unit.name, ())
        ),
    )
    _expect("the capacity", step["capacity"], unit.capacity)
    _sums(step, ceil_div(step["sum"], unit.capacity))


def _exclusion(problem: Problem, step: Step) -> None:
    """EXCLUSION: no two of these can run at once, so their times add up."""
    if len(step["ops"]) < 2 or not all(step["ops"].values()):
        raise Invalid("it takes two operations to exclude each other")
    for (u, cycles), (v, others) in combinations(step["ops"].items(), 2):
        if not _exclude(problem, problem.op[u], cycles, problem.op[v], others):
            raise Invalid(f"{u} for {cycles} cycles and {v} for {others} may run at once")
    _sums(step, step["sum"])


def _exclude(problem: Problem, u: Op, cycles: int, v: Op, others: int) -> bool:
    """Whether some unit, held for so long from their starts on, cannot serve both."""
    return any(
        (a.offset, b.offset) == (0, 0)
        and a.length >= cycles
        and b.length >= others
        and a.amount + b.amount > problem.unit[unit].capacity
        for unit in u.reservations.keys() & v.reservations.keys()
        if not problem.unit[unit].fluid
        for a in u.reservations[unit]
        for b in v.reservations[unit]
    )


def must_cross(problem: Problem, d: Dependence) -> bool:
    """Whether the ends of a dependence are on different roles in every schedule."""
    source, reader = problem.op[d.src], problem.op[d.dst]
    labels = problem.requirements.roles
    apart = {d.src, d.dst} <= labels.keys() and labels[d.src] != labels[d.dst]
    return problem.roles is not None and (
        apart or source.variable_latency != reader.variable_latency
    )


def _circuit(problem: Problem, step: Step) -> None:
    """RECURRENCE, BUFFER: around a circuit the delays may not outrun II times the distances."""
    _around(problem, step)
    if step["distance"] <= 0:
        raise Invalid("a circuit that bounds the II has a distance above 0")
    _expect("the bound", step["ii"], ceil_div(step["delay"], step["distance"]))


def _endless(problem: Problem, step: Step) -> None:
    """ENDLESS CIRCUIT: delay around a circuit of no distance, which no II makes room for."""
    _around(problem, step)
    if step["delay"] <= 0 or step["distance"] > 0:
        raise Invalid("it is no circuit of positive delay over no distance")


def _around(problem: Problem, step: Step) -> None:
    arcs: Sequence[Step] = step["arcs"]
    for before, after in pairwise([arcs[-1], *arcs]):
        _expect("the source of an arc", after["src"], before["dst"])
    for number, arc in enumerate(arcs):
        stated = (arc["src"], arc["dst"], arc["delay"], arc["distance"])
        why = _dependence_arc if arc["why"][0] == "dependence" else _ring_arc
        _expect(f"arc {number}", stated, why(problem, *arc["why"][1:]))
    _expect("the delay", step["delay"], sum(arc["delay"] for arc in arcs))
    _expect("the distance", step["distance"], sum(arc["distance"] for arc in arcs))


def _dependence_arc(problem: Problem, number: int) -> tuple[str, str, int, int]:
    d = constraint_dependences(problem)[number]
    crosses = d.kind == "flow" and must_cross(problem, d)
    later = problem.op[d.src].handoff.latency if crosses else 0
    return d.src, d.dst, d.delay + later, d.distance


def _ring_arc(
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


def _role(problem: Problem, step: Step) -> None:
    """ROLE: the windows of one role do not overlap where one of each two blocks."""
    if problem.roles is None:
        raise Invalid("the problem has no roles")
    _terms(step["ops"], lambda name: _stay(problem, name))
    if step["name"] == "longest issue":
        _expect("the number of operations", len(step["ops"]), 1)
        _expect("the other one", step["other"], 0)
    else:
        _only_role(problem, step)
    _sums(step, step["sum"])


def _only_role(problem: Problem, step: Step) -> None:
    if not _one_role(problem) or problem.limits.concurrency != "issue":
        raise Invalid("there may be several roles, or they may be in the midst of something")
    names = [op.name for op in problem.ops if not op.variable_latency]
    for name in step["ops"]:
        blocks = any(
            d.blocking or must_cross(problem, d)
            for d in constraint_dependences(problem)
            if d.dst == name
        )
        if name not in names or not blocks:
            raise Invalid(f"{name} need not block the only role")
    others = [_stay(problem, name) for name in names if name not in step["ops"]]
    _expect("the longest other window", step["other"], max(others, default=0))


def _one_role(problem: Problem) -> bool:
    """Whether all operations but the loads are on one role."""
    return problem.roles is not None and problem.roles.max_roles - problem.has_load_role == 1


def _stay(problem: Problem, name: str) -> int:
    """The least that an operation keeps the stream of its role: its waits and its issue."""
    waits: dict[str, int] = {}
    for d in problem.dependences:
        if d.kind != "flow" or d.dst != name:
            continue
        costs = problem.op[d.src].handoff
        here = costs.issue_wait if d.blocking else 0
        least = min(here, costs.issue_receive)
        if must_cross(problem, d):
            least = costs.issue_receive
        elif d.src == name or _one_role(problem):
            least = here
        waits[d.src] = max(least, waits.get(d.src, 0))
    return problem.op[name].issue + sum(waits.values())


def memory_lines(problem: Problem, memory: str) -> dict[str, int]:
    """What a memory holds in any schedule: invariants, and one slot of every ring."""
    lines: Iterable[tuple[str, int]] = (
        *((i.name, i.size) for i in problem.invariants if i.space == memory),
        *((ring.name, ring.size) for ring in buffers(problem) if ring.memory == memory),
    )
    return dict(lines)


def _memory(problem: Problem, step: Step) -> None:
    """MEMORY: one slot of every ring, and what is invariant, exceed a memory."""
    _expect("the capacity", step["capacity"], problem.memory[step["memory"]].capacity)
    lines = memory_lines(problem, step["memory"])
    _terms(step["lines"], lambda name: lines[name])
    _expect("the sum", step["sum"], sum(step["lines"].values()))
    if step["sum"] <= step["capacity"]:
        raise Invalid(f"{step['memory']} has room for {step['sum']}")


_KINDS: Mapping[str, Callable[[Problem, Step], None]] = {
    "resource": _resource,
    "exclusion": _exclusion,
    "recurrence": _circuit,
    "buffer": _circuit,
    "role": _role,
    "memory": _memory,
    "endless circuit": _endless,
}
