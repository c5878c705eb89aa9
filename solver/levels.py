"""The levels of the objective after the II: names, units, values, what counts as proved."""

from __future__ import annotations

from twill.problem import Problem
from twill.schedule import Level
from twill.solver.assemble import Claim, assemble
from twill.solver.cpsat.engine import Assignment
from twill.verify import objective_values

TIME_TOLERANCE = 0.005
"""How far above its bound the nominal time may stay: a few cycles must not decide the roles."""

ROBUSTNESS = "robustness"
"""The II when latencies are longer: no expression over starts, so decided when the others are."""

UNITS = {
    "time": "cycles",
    ROBUSTNESS: "cycles per iteration",
    "handoff_cost": "cycles per iteration",
    "registers": "registers",
    "buffer_bytes": "bytes",
    "roles": "roles",
    "warps": "warps",
    "length": "cycles",
}


def level_names(problem: Problem) -> tuple[str, ...]:
    """The levels that a problem has, in order."""
    if problem.roles is None:
        return ("time", "buffer_bytes", "length") if problem.memories else ("time", "length")
    if problem.roles.register_file is None:
        return tuple(name for name in UNITS if name != "registers")
    return tuple(UNITS)


def slack(name: str, value: int) -> int:
    """How far a value may be above its bound and count as proved."""
    return int(value * TIME_TOLERANCE / (1 + TIME_TOLERANCE)) if name == "time" else 0


def level_of(name: str, value: int, bound: int | None) -> Level:
    """The level as it stands: proved where the value is within its tolerance of the bound."""
    tolerance = TIME_TOLERANCE if name == "time" else 0.0
    if bound is not None:
        bound = min(bound, value)
    proved = bound is not None and value <= bound + slack(name, value)
    return Level(name, value, UNITS[name], bound, proved, tolerance)


def allowed(level: Level) -> int:
    """What later levels may do to this one: within the tolerance above its proved bound."""
    if level.proved and level.lower_bound is not None and level.tolerance:
        return max(level.value, int(level.lower_bound * (1 + level.tolerance)))
    return level.value


def values(problem: Problem, assignment: Assignment) -> dict[str, int]:
    """Every level's value, by accounting."""
    claim = Claim("feasible", assignment.ii, "not proved")
    schedule = assemble(problem, "", assignment.ii, assignment.start, assignment.role, claim)
    return objective_values(problem, schedule)
