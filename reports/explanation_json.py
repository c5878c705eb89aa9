"""An explanation as JSON (``twill/explanation/v1``)."""

from __future__ import annotations

from twill.explanation import SPEEDS, Core, Explanation, Interval, Remedy
from twill.problem import Problem
from twill.reports.numbers import numbers

Json = dict[str, object]

SCHEMA = "twill/explanation/v1"


def explanation_to_json(problem: Problem, found: Explanation, outcome: Json) -> Json:
    """The document; ``outcome`` is the JSON of the optimum that it is about."""
    return {
        "schema": SCHEMA,
        "outcome": outcome,
        "complete": found.complete,
        "why_not": _core(problem, found.core, found.remedies) if found.core else None,
        "limits": [
            {
                "constraint": row.group.kind,
                "name": row.group.name,
                "alone": _interval(row.alone),
                "without": _interval(row.without),
            }
            for row in found.rows
        ],
        "faster_units": [
            {
                "unit": row.unit,
                "ii": {
                    f"x{float(speed):g}": _interval(at)
                    for speed, at in zip(SPEEDS, row.at, strict=True)
                },
            }
            for row in found.speeds
        ],
    }


def _core(problem: Problem, core: Core, remedies: tuple[Remedy, ...]) -> Json:
    by_group = {remedy.group: remedy for remedy in remedies}
    return {
        "ii": core.ii,
        "possible": {"feasible": True, "infeasible": False}.get(core.answer),
        "constraints": [
            {
                "constraint": group.kind,
                "name": group.name,
                "numbers": numbers(problem, group, core.ii),
                "needed": None if group in core.doubtful else True,
                **(_remedy(by_group[group]) if group in by_group else {}),
            }
            for group in core.groups
        ],
    }


def _remedy(remedy: Remedy) -> Json:
    possible = {"feasible": True, "infeasible": False}.get(remedy.answer)
    return {
        "possible_without": possible,
        "enough": remedy.amount or None,
        "alive_at_peak": list(remedy.holds),
        "also_forbidden_by": [{"constraint": g.kind, "name": g.name} for g in remedy.also],
    }


def _interval(found: Interval | None) -> Json | None:
    return None if found is None else {"at_least": found.low, "found": found.high}
