"""The further levels of the objective at the smallest II, each with the ones before it fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twill.problem import Problem
from twill.schedule import Level
from twill.solver.assemble import Claim, assemble
from twill.solver.clock import Clock
from twill.solver.cpsat.engine import Assignment, Result, Run, Way, hint, race
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

ROUNDS = (
    ((Way(1, tree=True), Way(0)), 1.5),
    ((Way(1), Way(0, core=True)), 3.0),
    ((Way(1, tree=True), Way(0)), 4.0),
)
"""Ways to search a level and their deterministic work, round by round until it is proved.

No single way does well on every level: bounds on the length come from the tree search,
hand-offs want no relaxation, registers want one (measured on forward attention, h100)."""


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
    wanted = clock.options.levels
    for name in level_names(problem):
        if wanted is not None and name not in wanted:
            continue
        clock.tell(name.replace("_", " "), assignment.ii, "-", "")
        bound = _minimise(problem, model, name, best, clock)
        value = values(problem, best.assignment)[name]
        level = _level(name, value, bound)
        best.levels.append(level)
        model.space.cp.add(model.level(name) <= allowed(level))
    final = values(problem, best.assignment)
    best.levels = [_restated(level, final[level.name]) for level in best.levels]
    return best


def _shortened(problem: Problem, assignment: Assignment) -> Problem:
    """The problem without the stages that no schedule as short as the known one has."""
    length = values(problem, assignment)["length"]
    stages = min(problem.limits.max_stages, length // assignment.ii + 1)
    return replace(problem, limits=replace(problem.limits, max_stages=stages))


def _minimise(problem: Problem, model: Model, name: str, best: Best, clock: Clock) -> int | None:
    """Improve one level, round by round; the best bound, None if there was no time for any."""
    expression = model.level(name)
    if isinstance(expression, int):
        return expression
    cp = model.space.cp
    cp.minimize(expression)
    bound: int | None = None
    value = values(problem, best.assignment)[name]
    for ways, effort in ROUNDS:
        if clock.over:
            break
        hint(model, best.assignment)
        slack = _slack(name, value)
        for result in _round(model, name, best, clock, ways, effort, slack):
            if result.bound is not None:
                bound = max(bound or 0, result.bound)
            value = _take(problem, best, result, name, value)
        if bound is not None and value <= bound + slack:
            break
        cp.add(expression <= value)
        if bound is not None:
            cp.add(expression >= bound)
    return bound


def _slack(name: str, value: int) -> int:
    """How far a value may be above its bound and count as proved."""
    return int(value * TIME_TOLERANCE / (1 + TIME_TOLERANCE)) if name == "time" else 0


def _round(
    model: Model,
    name: str,
    best: Best,
    clock: Clock,
    ways: tuple[Way, ...],
    effort: float,
    slack: int,
) -> list[Result]:
    """Two ways of searching, side by side or one after the other."""

    def tell(value: float, bound: float) -> None:
        now = f"{value:.0f} {UNITS[name]}"
        clock.tell(name.replace("_", " "), best.assignment.ii, now, f"{bound:.0f}")

    seed, workers = clock.options.seed, clock.options.workers
    entries = [(model, Run(clock.left, effort, seed, way, slack)) for way in ways]
    results: list[Result] = []
    for start in range(0, len(entries), max(1, workers)):
        results += race(entries[start : start + workers], workers, clock.stop, on_bound=tell)
        if results[-1].answer == "optimal":
            break
    clock.work += sum(result.work for result in results)
    return results


def _take(problem: Problem, best: Best, result: Result, name: str, value: int) -> int:
    """Keep a schedule that is better in this level and no worse in the ones before."""
    if result.assignment is None:
        return value
    found = values(problem, result.assignment)
    if found[name] < value and all(found[done.name] <= allowed(done) for done in best.levels):
        best.assignment = result.assignment
        return found[name]
    return value


def _level(name: str, value: int, bound: int | None) -> Level:
    tolerance = TIME_TOLERANCE if name == "time" else 0.0
    if bound is not None:
        bound = min(bound, value)
    proved = bound is not None and value <= bound + _slack(name, value)
    return Level(name, value, UNITS[name], bound, proved, tolerance)


def allowed(level: Level) -> int:
    """What later levels may do to this one: within the tolerance above its proved bound."""
    if level.proved and level.lower_bound is not None and level.tolerance:
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
