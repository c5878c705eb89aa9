"""Schedules and outcomes to JSON (``twill/schedule/v1``, ``twill/outcome/v1``)."""

from __future__ import annotations

from dataclasses import asdict

from twill.schedule import BufferUse, Feasible, Infeasible, Optimal, Outcome, Reason, Schedule

SCHEDULE_SCHEMA = "twill/schedule/v1"
OUTCOME_SCHEMA = "twill/outcome/v1"

Json = dict[str, object]


def schedule_to_json(schedule: Schedule) -> Json:
    """Return the JSON form of a schedule; reading it back gives an equal schedule."""
    solver = schedule.solver
    return {
        "schema": SCHEDULE_SCHEMA,
        "problem_sha256": schedule.problem_sha256,
        "status": schedule.status,
        "ii": schedule.ii,
        "ii_lower_bound": schedule.ii_lower_bound,
        "stages": schedule.stages,
        "length": schedule.length,
        "objective": [asdict(level) for level in schedule.objective],
        "proof": schedule.proof,
        "roles": [asdict(role) for role in schedule.roles],
        "ops": {name: asdict(placement) for name, placement in schedule.ops.items()},
        "buffers": {buffer.name: _buffer(buffer) for buffer in schedule.buffers},
        "handoffs": [{**asdict(use), "dst": list(use.dst)} for use in schedule.handoffs],
        "solver": {**asdict(solver), "engines": list(solver.engines)} if solver else None,
    }


def outcome_to_json(outcome: Outcome, cached_s: float | None = None) -> Json:
    """Return the JSON form of what a solver answered; ``status`` says which of the four it is.

    ``cached_s``: the seconds that finding it took, where it was found by an earlier search.
    """
    data = _outcome_json(outcome)
    return data if cached_s is None else {**data, "cached": {"took_s": cached_s}}


def _outcome_json(outcome: Outcome) -> Json:
    match outcome:
        case Optimal(schedule):
            return _outcome("optimal", schedule=schedule_to_json(schedule))
        case Feasible(schedule, reason):
            data = schedule_to_json(schedule)
            return _outcome("feasible", schedule=data, reason=_reason(reason))
        case Infeasible(reason, proof):
            return _outcome("infeasible", reason=_reason(reason), proof=proof)
        case _:
            bound = outcome.ii_lower_bound
            return _outcome("unknown", reason=_reason(outcome.reason), ii_lower_bound=bound)


def _outcome(status: str, **parts: object) -> Json:
    return {"schema": OUTCOME_SCHEMA, "status": status, **parts}


def _reason(reason: Reason) -> Json:
    return {
        "summary": reason.summary,
        "details": list(reason.details),
        "levers": list(reason.levers),
    }


def _buffer(buffer: BufferUse) -> Json:
    return {
        "memory": buffer.memory,
        "size": buffer.size,
        "depth": buffer.depth,
        "values": list(buffer.values),
        "accumulator": buffer.accumulator,
    }
