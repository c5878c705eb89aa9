"""The further levels of the objective at the smallest II, each with the ones before it fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twill.problem import Problem
from twill.schedule import Level
from twill.solver.assemble import Claim, assemble
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment, Result, Run, hint, run
from twill.solver.cpsat.model import Model, build
from twill.verify import objective_values

TIME_TOLERANCE = 0.005
"""How far above its bound the nominal time may stay: a few cycles must not decide the roles."""

UNITS = {
    "time": "cycles",
    "handoff_cost": "cycles per iteration",
    "registers": "registers",
    "buffer_bytes": "bytes",
    "roles": "roles",
    "warps": "warps",
    "length": "cycles",
}

EFFORT = 12.0
"""Deterministic work spent on one level before it is left unproved."""


@dataclass
class Best:
    """The best assignment so far and the levels decided with it."""

    assignment: Assignment
    levels: list[Level]


def level_names(problem: Problem) -> tuple[str, ...]:
    """The levels that a problem has, in order."""
    if problem.roles is None:
        return ("time", "buffer_bytes", "length") if problem.memories else ("time", "length")
    if problem.roles.register_file is None:
        return tuple(name for name in UNITS if name != "registers")
    return tuple(UNITS)


def improve(problem: Problem, assignment: Assignment, clock: Clock) -> Best:
    """Minimise level after level; a level that is not proved is fixed at its best value."""
    best = Best(assignment, [])
    model = build(_shortened(problem, assignment), assignment.ii)
    fixed: dict[str, int] = {}
    for name in level_names(problem):
        value = values(problem, best.assignment)[name]
        result = _minimise(model, name, best, clock)
        if result is not None and result.assignment is not None:
            found = values(problem, result.assignment)
            if _no_worse(found, fixed, name, value):
                best.assignment, value = result.assignment, found[name]
        bound = result.bound if result is not None else None
        level = _level(name, value, bound, result)
        best.levels.append(level)
        fixed[name] = allowed(level)
        model.space.cp.add(model.level(name) <= fixed[name])
    final = values(problem, best.assignment)
    best.levels = [_restated(level, final[level.name]) for level in best.levels]
    return best


def _shortened(problem: Problem, assignment: Assignment) -> Problem:
    """The problem without the stages that no schedule as short as the known one has."""
    length = values(problem, assignment)["length"]
    stages = min(problem.limits.max_stages, length // assignment.ii + 1)
    return replace(problem, limits=replace(problem.limits, max_stages=stages))


def _minimise(model: Model, name: str, best: Best, clock: Clock) -> Result | None:
    """One level; None if there is no time for it."""
    if clock.over:
        return None
    expression = model.level(name)
    if isinstance(expression, int):
        return Result("optimal", None, expression, 0.0)
    grain = _grain(model, name, best)
    model.minimise(name, grain)
    hint(model, best.assignment)
    options = clock.options
    how = Run(clock.left, options.seed, options.workers, EFFORT)

    def tell(value: float, bound: float) -> None:
        now, least = f"{value * grain:.0f} {UNITS[name]}", f"{bound * grain:.0f}"
        clock.tell(name.replace("_", " "), best.assignment.ii, now, least)

    result = run(model, how, clock.stop, tell)
    clock.work += result.work
    if grain > 1 and result.bound is not None:
        least = (result.bound - 1) * grain + 1
        return Result("feasible", result.assignment, least, result.work)
    return result


def _grain(model: Model, name: str, best: Best) -> int:
    """Cycles per step where a level is minimised in steps: finer than its tolerance is idle."""
    if name != "time":
        return 1
    slack = int(values(model.space.problem, best.assignment)[name] * TIME_TOLERANCE)
    return max(1, slack // 2)


def _no_worse(found: dict[str, int], fixed: dict[str, int], name: str, value: int) -> bool:
    return found[name] <= value and all(found[level] <= top for level, top in fixed.items())


def _level(name: str, value: int, bound: int | None, result: Result | None) -> Level:
    tolerance = TIME_TOLERANCE if name == "time" else 0.0
    if bound is not None:
        bound = min(bound, value)
    proved = bound is not None and value <= bound * (1 + tolerance)
    if result is not None and result.answer == "optimal":
        proved = True
    return Level(name, value, UNITS[name], bound, proved, tolerance)


def allowed(level: Level) -> int:
    """What later levels may do to this one: within the tolerance above its proved bound."""
    if level.proved and level.lower_bound is not None:
        return max(level.value, int(level.lower_bound * (1 + level.tolerance)))
    return level.value


def _restated(level: Level, value: int) -> Level:
    """The level with the value that the final schedule has."""
    return Level(level.name, value, level.unit, level.lower_bound, level.proved, level.tolerance)


def values(problem: Problem, assignment: Assignment) -> dict[str, int]:
    """Every level's value, by accounting."""
    claim = Claim("feasible", assignment.ii, "not proved")
    schedule = assemble(problem, "", assignment.ii, assignment.start, assignment.role, claim)
    return objective_values(problem, schedule)
