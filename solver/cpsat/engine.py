"""Runs CP-SAT on a model and reads starts and roles back.

Solutions leave this package as starts and roles only: depths, budgets and objective values
are recomputed from them, so that a mistake in the encoding cannot hide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ortools.sat.python import cp_model

from twill.solver.cpsat.model import Model
from twill.solver.options import Stop

Answer = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Starts and role numbers of a solution at ``ii``, as the model has them."""

    ii: int
    raw_start: dict[str, int]
    role: dict[str, int]

    @property
    def start(self) -> dict[str, int]:
        """The starts, the first at cycle 0."""
        first = min(self.raw_start.values())
        return {name: at - first for name, at in self.raw_start.items()}


@dataclass(frozen=True, slots=True)
class Result:
    """What the engine says: ``bound`` is on the objective, ``work`` in deterministic units."""

    answer: Answer
    assignment: Assignment | None
    bound: int | None
    work: float


@dataclass(frozen=True, slots=True)
class Run:
    """How to run: ``seconds`` and ``work`` are limits; ``gap`` is a relative one to stop at."""

    seconds: float
    seed: int
    workers: int
    work: float | None = None
    gap: float = 0.0
    linear: int | None = None


def run(
    model: Model,
    how: Run,
    stop: Stop | None = None,
    on_bound: Callable[[float, float], None] | None = None,
) -> Result:
    """Solve; ``on_bound`` is told objective and bound whenever a better schedule is found."""
    if how.seconds <= 0 or (stop is not None and stop.requested):
        return Result("unknown", None, None, 0.0)
    solver = cp_model.CpSolver()
    _configure(solver.parameters, how)
    if stop is not None:
        stop.watch(solver.stop_search)
    try:
        status = solver.solve(model.space.cp, _Callback(on_bound) if on_bound else None)
    finally:
        if stop is not None:
            stop.watch(None)
    work = solver.response_proto.deterministic_time
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(model.space.cp.validate())
    if status == cp_model.INFEASIBLE:
        return Result("infeasible", None, None, work)
    if status == cp_model.UNKNOWN:
        return Result("unknown", None, _bound(solver), work)
    answer: Answer = "optimal" if status == cp_model.OPTIMAL else "feasible"
    return Result(answer, _read(model, solver), _bound(solver), work)


def _configure(parameters: object, how: Run) -> None:
    settings = {
        "max_time_in_seconds": how.seconds,
        "random_seed": how.seed,
        "num_workers": how.workers,
        "interleave_search": how.workers > 1,
        "relative_gap_limit": how.gap,
        "catch_sigint_signal": False,
    }
    if how.linear is not None:
        settings["linearization_level"] = how.linear
    if how.work is not None:
        settings["max_deterministic_time"] = how.work
    for name, value in settings.items():
        setattr(parameters, name, value)
    if how.workers == 2 and how.linear is None:
        parameters.subsolvers.extend(["no_lp", "default_lp"])  # type: ignore[attr-defined]


def _bound(solver: cp_model.CpSolver) -> int | None:
    bound = solver.best_objective_bound
    return None if abs(bound) > 1e15 else int(-(-bound // 1))


def _read(model: Model, solver: cp_model.CpSolver) -> Assignment:
    space = model.space
    start = {name: solver.value(var) for name, var in space.start.items()}
    role = {
        name: next(r for r, literal in on.items() if solver.boolean_value(literal))
        for name, on in space.on.items()
    }
    return Assignment(space.ii, start, role)


def hint(model: Model, assignment: Assignment) -> None:
    """Start the next search at a known solution."""
    space = model.space
    space.cp.clear_hints()  # type: ignore[no-untyped-call]  # its stub has no annotation
    for name, at in assignment.raw_start.items():
        space.cp.add_hint(space.start[name], at)
        space.cp.add_hint(space.slot[name], at % space.ii)
    for name, on in space.on.items():
        for r, literal in on.items():
            if len(on) > 1:
                space.cp.add_hint(literal, r == assignment.role[name])


class _Callback(cp_model.CpSolverSolutionCallback):
    """Passes objective and bound on."""

    def __init__(self, tell: Callable[[float, float], None]) -> None:
        super().__init__()
        self.tell = tell

    def on_solution_callback(self) -> None:
        self.tell(self.objective_value, self.best_objective_bound)
