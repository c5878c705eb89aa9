"""The whole model at one II, and the levels of the objective as expressions over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twill.problem import Problem
from twill.solver.cpsat.capacity import add_capacity
from twill.solver.cpsat.concurrency import add_concurrency
from twill.solver.cpsat.conflicts import add_conflicts
from twill.solver.cpsat.memory import Rings, add_memory
from twill.solver.cpsat.registers import add_registers
from twill.solver.cpsat.requirements import add_requirements
from twill.solver.cpsat.roles import Roles, add_roles
from twill.solver.cpsat.timing import add_dependence, add_exchanges, add_length, add_stages
from twill.solver.cpsat.variables import Expr, Space, negated


@dataclass
class Model:
    """A built model: its variables and what the objective is made of."""

    space: Space
    roles: Roles
    rings: Rings

    def level(self, name: str) -> Expr:
        """The expression of one level of the objective (see ``docs/problem.md``)."""
        return LEVELS[name](self)


def build(
    problem: Problem,
    ii: int,
    max_roles: int | None = None,
    *,
    together: bool = False,
    longest: int | None = None,
) -> Model:
    """Every constraint of the default profile at a fixed II; for the options see ``Space``."""
    machine_roles = problem.roles.max_roles if problem.roles is not None else 0
    roles_at_most = min(max_roles or machine_roles, machine_roles)
    space = Space(problem, ii, roles_at_most, _pin(problem), together, longest)
    add_dependence(space)
    add_stages(space)
    add_length(space)
    add_exchanges(space)
    add_capacity(space)
    roles = add_roles(space)
    add_requirements(space)
    add_concurrency(space)
    add_conflicts(space, add_registers(space, roles))
    rings = add_memory(space)
    return Model(space, roles, rings)


def _pin(problem: Problem) -> str:
    """The operation whose start is fixed: shifting a schedule changes nothing (lemma 2).

    The busiest one, since fixing it fixes most.
    """
    work = {
        op.name: sum(r.length * r.amount for rs in op.reservations.values() for r in rs)
        for op in problem.ops
    }
    return max(work, key=lambda name: work[name])


def _time(model: Model) -> Expr:
    problem = model.space.problem
    return (problem.trips - 1) * model.space.ii + model.space.length


def handoff_cost(model: Model) -> Expr:
    """What hand-offs cost per iteration; it depends on the roles alone."""
    space = model.space
    total: Expr = 0
    for op in space.problem.ops:
        total += (op.handoff.latency + op.handoff.issue_send) * space.value(space.handed[op.name])
        readers = dict.fromkeys(d.dst for d in space.flows if d.src == op.name)
        if op.handoff.issue_receive:
            for reader in readers:
                apart = space.value(negated(space.same(op.name, reader)))
                total += op.handoff.issue_receive * apart
    return total


def _buffer_bytes(model: Model) -> Expr:
    memories = model.space.problem.memories
    return sum(m.unit_bytes * model.rings.used[m.name] for m in memories)


LEVELS: dict[str, Callable[[Model], Expr]] = {
    "time": _time,
    "handoff_cost": handoff_cost,
    "registers": lambda model: sum(model.roles.file.values()),
    "buffer_bytes": _buffer_bytes,
    "roles": lambda model: sum(map(model.space.value, model.roles.used.values())),
    "warps": lambda model: sum(model.roles.warps.values()),
    "length": lambda model: model.space.length,
}
