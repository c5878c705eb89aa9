"""The axioms that are stated before the search: on single operations and on pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations

from twill.check.rules.streams import Known, assumptions, least_window
from twill.problem import Op, Reservation, Unit
from twill.solver.certain import apart, must_cross
from twill.solver.proof.axioms import Axioms
from twill.solver.proof.ground import Ground
from twill.verify import execution

Assumed = list[list[str | bool]]
"""Triples (u, v, whether they share a role)."""


def state_timing(axioms: Axioms) -> None:
    """DEPENDENCE, HANDOFF, STAGES and the order of equivalent schedules."""
    period = axioms.period
    for number, d in enumerate(period.dependences):
        axioms.add("dependence", number)
        if d.kind == "flow" and period.problem.roles is not None:
            axioms.add("handoff", number)
    for number in range(len(period.exchanges)):
        axioms.add("exchange", number)
    for u, v in permutations((op.name for op in period.problem.ops), 2):
        axioms.add("stages", u, v)


def state_roles(axioms: Axioms) -> None:
    """VARIABLE-LATENCY, REQUIREMENT, ROLES of three; what equality implies is found as needed."""
    problem = axioms.period.problem
    if problem.roles is None:
        return
    for u, v in combinations(problem.ops, 2):
        if u.variable_latency or v.variable_latency:
            axioms.add("load", u.name, v.name)
    wanted = problem.requirements
    for one, other in combinations(wanted.roles, 2):
        axioms.add("required", one, other)
    for number, d in enumerate(problem.dependences):
        if wanted.no_handoff and d.kind == "flow" and problem.op[d.src].in_registers:
            axioms.add("no_handoff", number)
    for number in range(len(wanted.other_than)):
        axioms.add("other_than", number)
    computing = [op.name for op in problem.ops if not op.variable_latency]
    _state_two_roles(axioms, computing)


def _state_two_roles(axioms: Axioms, computing: list[str]) -> None:
    """Of every three operations two share a role, where only two roles compute.

    Of more roles there are too many such sets: they are found as they occur.
    """
    problem = axioms.period.problem
    assert problem.roles is not None
    if problem.roles.max_roles - problem.has_load_role == 2:
        load = [op.name for op in problem.ops if op.variable_latency][:1]
        for three in combinations(computing, 3):
            axioms.add("roles", [*load, *three])


def state_capacity(axioms: Axioms, ground: Ground) -> None:
    """CAPACITY of pairs that do not fit together; more than two are found as they occur."""
    for unit in axioms.period.problem.units:
        if not unit.fluid:
            for pair in combinations(holds(axioms, unit), 2):
                _keep_apart(axioms, ground, unit, *pair)


def holds(axioms: Axioms, unit: Unit) -> list[tuple[str, int, Reservation]]:
    """What holds a unit, as (operation, number of its reservation, reservation)."""
    return [
        (op.name, number, r)
        for op in axioms.period.problem.ops
        for number, r in enumerate(op.reservations.get(unit.name, ()))
        if r.length and r.amount
    ]


def _keep_apart(
    axioms: Axioms,
    ground: Ground,
    unit: Unit,
    one: tuple[str, int, Reservation],
    other: tuple[str, int, Reservation],
) -> None:
    (u, i, r), (v, j, q) = one, other
    if r.amount + q.amount > unit.capacity:
        low, high = r.offset - q.offset - q.length, r.offset + r.length - q.offset
        for shift in turns(ground, axioms.period.ii, u, v, low, high):
            axioms.add("capacity", unit.name, [[u, i, 0], [v, j, shift]])


def state_streams(axioms: Axioms, ground: Ground) -> None:
    """CONCURRENCY of pairs, for every reason to block, with the least that waits and sends cost.

    Windows that waits and sends make longer are found as they occur.
    """
    problem = axioms.period.problem
    if problem.roles is None:
        return
    paper = problem.limits.concurrency == "paper"
    for u, v in permutations(problem.ops, 2) if paper else combinations(problem.ops, 2):
        if not apart(problem, u, v):
            for assumed in _reasons(axioms, u.name, v.name, both=not paper):
                (_state_figure_6 if paper else _state_stream)(axioms, ground, u, v, assumed)


def _state_stream(axioms: Axioms, ground: Ground, u: Op, v: Op, assumed: Assumed) -> None:
    known: Known = assumptions([*assumed, [u.name, v.name, True]])[0]
    (a, b), (c, d) = (least_window(axioms.period, op.name, known) for op in (u, v))
    low, high = a.cycles - d.cycles, b.cycles - c.cycles
    for shift in turns(ground, axioms.period.ii, u.name, v.name, low, high):
        axioms.add("stream", u.name, v.name, shift, assumed)


def _state_figure_6(axioms: Axioms, ground: Ground, u: Op, v: Op, assumed: Assumed) -> None:
    busy = execution(axioms.period.problem, u.name)
    for shift in turns(ground, axioms.period.ii, u.name, v.name, -1, busy):
        axioms.add("figure_6", u.name, v.name, shift, assumed)


def _reasons(axioms: Axioms, one: str, other: str, both: bool) -> Iterator[Assumed]:
    """Assumptions each of which is enough for the other, or one of both, to block on one role."""
    problem = axioms.period.problem
    names = {one, other} if both else {other}
    incoming = [d for d in axioms.period.dependences if d.dst in names and d.src != d.dst]
    certain = [d for d in incoming if must_cross(problem, d)]
    if any(d.blocking for d in axioms.period.dependences if d.dst in names) or certain:
        yield distinct([d.src, d.dst, False] for d in certain)
        return
    for u, v in dict.fromkeys((d.src, d.dst) for d in incoming if d not in certain):
        if {u, v} != {one, other}:
            yield [[u, v, False]]


def distinct(rows: Iterable[list[str | bool]]) -> Assumed:
    """Each row once, in order."""
    return [list(row) for row in dict.fromkeys(tuple(row) for row in rows)]


def turns(ground: Ground, ii: int, u: str, v: str, low: int, high: int) -> range:
    """Every k for which start[v] + k * II - start[u] can lie strictly within (low, high)."""
    i, j = ground.names.index(u), ground.names.index(v)
    least, most = int(ground.least[i, j]), -int(ground.least[j, i])
    return range((low - most) // ii + 1, (high - least - 1) // ii + 1)
