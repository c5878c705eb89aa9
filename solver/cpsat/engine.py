"""Runs CP-SAT on a model and reads starts and roles back.

Solutions leave this package as starts and roles only: depths, budgets and objective values
are recomputed from them, so that a mistake in the encoding cannot hide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Literal

from ortools.sat.python import cp_model

from twill.solver.cpsat.model import Model
from twill.solver.options import Stop
from twill.solver.symmetry import representative

ROUNDING = 1e-4
"""The engine's bounds come back scaled and may be a little above the number that they mean."""

QUICK = {
    "cp_model_probing_level": 0,
    "inprocessing_probing_dtime": 0.0,
    "inprocessing_minimization_dtime": 0.0,
}
"""What a quick run leaves out."""

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
class Way:
    """How CP-SAT searches: linear relaxation (0 none, 1 some), core or tree search on bounds.

    ``presolve``: simplify the model first, which small models do not repay. ``climb``: ask for
    the least value that is not excluded, not for one less than the best. ``quick``: no probing,
    no vivification of clauses: they take a tenth of a unit of work, more than many runs need.
    """

    linear: int
    core: bool = False
    tree: bool = False
    presolve: bool = True
    climb: bool = False
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One single-threaded run: ``seconds`` of wall time and deterministic ``work`` at most.

    It may end once value and bound differ by no more than ``gap``.
    """

    seconds: float
    work: float
    seed: int
    way: Way
    gap: float = 0.0


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
    forget = stop.watch(solver.stop_search) if stop is not None else None
    try:
        status = solver.solve(model.space.cp, _Callback(on_bound) if on_bound else None)
    finally:
        if forget is not None:
            forget()
    work = solver.response_proto.deterministic_time
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(model.space.cp.validate())
    if status == cp_model.INFEASIBLE:
        return Result("infeasible", None, None, work)
    if status == cp_model.UNKNOWN:
        return Result("unknown", None, _bound(solver), work)
    answer: Answer = "optimal" if status == cp_model.OPTIMAL else "feasible"
    return Result(answer, _read(model, solver), _bound(solver), work)


def race(
    entries: Sequence[tuple[Model, Run]],
    threads: int,
    stop: Stop,
    decisive: tuple[Answer, ...] = ("optimal", "infeasible"),
    on_bound: Callable[[float, float], None] | None = None,
) -> list[Result]:
    """Several runs side by side; the results in order, as far as they are needed.

    A ``decisive`` answer makes the runs after it needless, never the ones before it, whichever
    ends first: so the outcome does not depend on the speed of the machine.
    """
    own = [Stop() for _ in entries]

    def interrupt() -> None:
        for each in own:
            each.request()

    forget = stop.watch(interrupt)
    try:
        with ThreadPoolExecutor(max(1, threads)) as pool:
            runs = [
                pool.submit(run, model, how, mine, on_bound)
                for (model, how), mine in zip(entries, own, strict=True)
            ]
            return _in_order(runs, own, decisive)
    finally:
        forget()


def _in_order(
    runs: list[Future[Result]], own: list[Stop], decisive: tuple[Answer, ...]
) -> list[Result]:
    results: list[Result] = []
    for i, each in enumerate(runs):
        results.append(each.result())
        if results[-1].answer in decisive:
            for needless in own[i + 1 :]:
                needless.request()
            break
    return results


def _configure(parameters: object, how: Run) -> None:
    settings = {
        "max_time_in_seconds": how.seconds,
        "max_deterministic_time": how.work,
        "random_seed": how.seed,
        "num_workers": 1,
        "absolute_gap_limit": how.gap,
        "catch_sigint_signal": False,
        "linearization_level": how.way.linear,
        "optimize_with_core": how.way.core,
        "optimize_with_lb_tree_search": how.way.tree,
        "cp_model_presolve": how.way.presolve,
        "use_objective_lb_search": how.way.climb,
    }
    if how.way.quick:
        settings |= QUICK
    for name, value in settings.items():
        setattr(parameters, name, value)


def _bound(solver: cp_model.CpSolver) -> int | None:
    """The bound on the objective, which is a whole number, out of the engine's float."""
    bound = solver.best_objective_bound
    return None if abs(bound) > 1e15 else ceil(bound - ROUNDING)


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
    raw, role = representative(space.problem, assignment.raw_start, assignment.role)
    space.cp.clear_hints()  # type: ignore[no-untyped-call]  # its stub has no annotation
    shift = space.origin - raw[space.pin]
    for name, start in raw.items():
        space.cp.add_hint(space.start[name], start + shift)
        space.cp.add_hint(space.slot[name], (start + shift) % space.ii)
    role = space.numbered(role)
    for name, on in space.on.items():
        if len(on) == 1 or space.cluster(name) != name:
            continue  # decided, or the variables of another operation
        for r, literal in on.items():
            space.cp.add_hint(literal, r == role[name])


class _Callback(cp_model.CpSolverSolutionCallback):
    """Passes objective and bound on."""

    def __init__(self, tell: Callable[[float, float], None]) -> None:
        super().__init__()
        self.tell = tell

    def on_solution_callback(self) -> None:
        self.tell(self.objective_value, self.best_objective_bound)
