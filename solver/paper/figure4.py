"""Figure 4: the modulo schedule. One function per constraint, named as in the paper."""

from __future__ import annotations

from twill.problem import Reservation
from twill.solver.paper.unrolled import Unrolled


def uniqueness(q: Unrolled) -> None:
    """UNIQUENESS: each operation of each copy issues exactly once.

    ``issued`` is monotone in time, false before the first and true from the last possible cycle.
    """
    for op in q.program.ops:
        for t in range(q.earliest[op.name], q.latest[op.name]):
            q.formula.implies(q.issued(op.name, 0, t), q.issued(op.name, 0, t + 1))


def consistency(q: Unrolled) -> None:
    """CONSISTENCY: op[v, 0, t] implies op[v, i, t + i * I].

    Holds by construction: ``Unrolled`` gives the copies no variables of their own.
    """


def completion(q: Unrolled) -> None:
    """COMPLETION: nothing issues so late that it would still execute at T.

    Holds by construction: no later cycle has a variable (``Unrolled.latest``).
    """
    if not q.possible:
        q.formula.clause()


def dependence(q: Unrolled) -> None:
    """DEPENDENCE: v of copy i + distance issues at least ``delay`` cycles after u of copy i."""
    for e in q.program.edges:
        if not q.emitted(e):
            continue
        gap = e.delay - e.distance * q.ii
        if e.src == e.dst:
            if gap > 0:
                q.formula.clause()
            continue
        for t in range(q.earliest[e.dst], q.latest[e.dst] + 1):
            q.formula.implies(q.issued(e.dst, 0, t), q.issued(e.src, 0, t - gap))


def capacity(q: Unrolled) -> None:
    """CAPACITY: in each cycle, the instances of a unit in use are at most those there are.

    The steady state holds every copy, so its I phases are the cycles that can be full: any
    other cycle uses a subset of what the steady cycle of the same phase uses.
    """
    for fluid in q.program.fluids:
        if fluid.work > fluid.capacity * q.ii:
            q.formula.clause()
    for unit, available in q.program.units.items():
        users = [(op.name, run) for op in q.program.ops for run in op.uses.get(unit, ())]
        if not users:
            continue
        for phase in range(q.ii):
            terms = [
                (run.amount, literal)
                for name, run in users
                for literal in _in_use(q, name, run, phase)
            ]
            q.formula.at_most(terms, available)


def _in_use(q: Unrolled, name: str, run: Reservation, phase: int) -> list[int]:
    """Literals that hold for each copy that uses a unit at a phase."""
    pairs = q.running(name, phase, run.length, run.offset)
    if run.length > q.ii or len(pairs) == 1:
        return [q.formula.both(now, still) for now, still in pairs]
    # At most one copy uses it: one variable serves them all.
    literal = q.formula.new()
    for now, still in pairs:
        q.formula.implies(now, still, literal)
    return [literal]


def figure4(q: Unrolled) -> None:
    """All constraints of Figure 4."""
    for constraint in (uniqueness, consistency, completion, dependence, capacity):
        constraint(q)
