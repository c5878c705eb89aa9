"""Decides with Z3 whether a schedule exists at one II."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Literal

import z3

from twill.problem import Problem
from twill.solver.options import Stop
from twill.solver.smt.capacity import add_capacity
from twill.solver.smt.concurrency import add_concurrency
from twill.solver.smt.memory import add_memory
from twill.solver.smt.registers import add_registers
from twill.solver.smt.requirements import add_requirements
from twill.solver.smt.roles import add_roles, add_variable_latency, handed
from twill.solver.smt.space import Space
from twill.solver.smt.timing import add_dependence, add_stages

Answer = Literal["feasible", "infeasible", "unknown"]


DENSE_DIFFERENCES = 3
"""Z3's theory for differences of two points that keeps all shortest paths. Of all of Z3's ways
it is the fastest on what is shipped: forward attention on a B200 is decided in a second of
solving just above and just below its smallest II (simplex: five and one, sparse graph: nine)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``seconds`` of wall time and ``work`` in Z3's deterministic units, at most."""

    seconds: float = 60.0
    work: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Starts and role numbers of a schedule; the load role, if there is one, is number 0."""

    ii: int
    start: dict[str, int]
    role: dict[str, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """What Z3 says of one II, and the work that it took, in its deterministic units."""

    answer: Answer
    assignment: Assignment | None
    work: int


def build(problem: Problem, ii: int) -> Space:
    """Every constraint of the default profile at a fixed II."""
    space = Space(problem, ii)
    add_variable_latency(space)
    add_dependence(space)
    add_stages(space)
    add_capacity(space)
    roles = add_roles(space)
    add_requirements(space)
    crossing = handed(space)
    add_concurrency(space, crossing)
    add_registers(space, roles)
    add_memory(space, crossing)
    return space


def decide(
    problem: Problem, ii: int, limit: Limit | None = None, stop: Stop | None = None
) -> Decision:
    """Whether a schedule exists at ``ii``. The same input and work limit give the same answer."""
    limit = limit or Limit()
    if limit.seconds <= 0 or (stop is not None and stop.requested):
        return Decision("unknown", None, 0)
    space = build(problem, ii)
    if not space.possible:
        return Decision("infeasible", None, 0)
    solver = _solver(space, limit)
    result = _check(solver, space, limit, stop)
    work = _work(solver)
    if result == z3.unsat:
        return Decision("infeasible", None, work)
    if result == z3.sat:
        return Decision("feasible", _read(space, solver.model()), work)
    return Decision("unknown", None, work)


def _solver(space: Space, limit: Limit) -> Any:
    solver = z3.SimpleSolver(ctx=space.context)
    solver.set("arith.solver", DENSE_DIFFERENCES)
    solver.set("random_seed", limit.seed)
    if limit.work:
        solver.set("rlimit", limit.work)
    solver.add(*space.claims)
    return solver


def _check(solver: Any, space: Space, limit: Limit, stop: Stop | None) -> Any:
    """Run, to be interrupted by time or by a stop; what was interrupted is unknown."""
    forget = stop.watch(space.context.interrupt) if stop is not None else None
    timer = threading.Timer(limit.seconds, space.context.interrupt)
    timer.daemon = True
    timer.start()
    try:
        return solver.check()
    except z3.Z3Exception:
        return z3.unknown
    finally:
        timer.cancel()
        if forget is not None:
            forget()


def _work(solver: Any) -> int:
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if len(statistics) else 0


def _read(space: Space, model: Any) -> Assignment:
    start = {
        name: model.eval(space.variables[point.of], model_completion=True).as_long()
        for name, point in space.start.items()
    }
    first = min(start.values())
    start = {name: at - first for name, at in start.items()}
    return Assignment(space.ii, start, _role_numbers(space, model))


def _role_numbers(space: Space, model: Any) -> dict[str, int]:
    """Roles numbered by their first operation, the load role first."""
    if space.problem.roles is None:
        return {}
    number: dict[str, int] = {}
    loads = [op.name for op in space.problem.ops if op.variable_latency]
    others = [op.name for op in space.problem.ops if not op.variable_latency]
    for name in loads + others:
        mates = (other for other in number if _holds(model, space.same(other, name)))
        mate = next(mates, None)
        number[name] = max(number.values(), default=-1) + 1 if mate is None else number[mate]
    return number


def _holds(model: Any, literal: Any) -> bool:
    if isinstance(literal, bool):
        return literal
    return bool(z3.is_true(model.eval(literal, model_completion=True)))
