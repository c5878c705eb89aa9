"""JSON to Schedule and Outcome. Whether a schedule is right is for ``twill.verify`` to say."""

from __future__ import annotations

from collections.abc import Iterator

from twill.diagnostics import Diagnostic, InputError, unknown
from twill.formats.schedule_model import (
    FeasibleModel,
    InfeasibleModel,
    OptimalModel,
    ReasonModel,
    ScheduleModel,
    StatusModel,
    UnknownModel,
)
from twill.formats.schedule_write import OUTCOME_SCHEMA
from twill.schedule import (
    BufferUse,
    Feasible,
    HandoffUse,
    Infeasible,
    Level,
    Optimal,
    Outcome,
    Placement,
    Reason,
    Role,
    Schedule,
    SolverInfo,
    Status,
    Unknown,
)
from twill.spec.nodes import Document, Key
from twill.spec.validate import validate

_AnyOutcome = OptimalModel | FeasibleModel | InfeasibleModel | UnknownModel

_OUTCOMES: dict[Status, type[_AnyOutcome]] = {
    "optimal": OptimalModel,
    "feasible": FeasibleModel,
    "infeasible": InfeasibleModel,
    "unknown": UnknownModel,
}


def schedule_from_document(document: Document) -> Schedule:
    """Return the schedule of a schedule file, or of an outcome file that holds one.

    :raises InputError: with everything that is wrong with the file's form.
    """
    data = document.data
    if isinstance(data, dict) and data.get("schema") == OUTCOME_SCHEMA:
        outcome = outcome_from_document(document)
        if isinstance(outcome, Optimal | Feasible):
            return outcome.schedule
        message = f"an outcome that is '{data['status']}' holds no schedule"
        raise InputError([document.error(("status",), message)])
    return _checked(document, validate(document, ScheduleModel), ())


def outcome_from_document(document: Document) -> Outcome:
    """Return what a solver answered.

    :raises InputError: with everything that is wrong with the file's form.
    """
    status = validate(document, StatusModel).status
    model = validate(document, _OUTCOMES[status])
    match model:
        case OptimalModel():
            return Optimal(_checked(document, model.schedule, ("schedule",)))
        case FeasibleModel():
            schedule = _checked(document, model.schedule, ("schedule",))
            return Feasible(schedule, _reason(model.reason))
        case InfeasibleModel():
            return Infeasible(_reason(model.reason), model.proof)
        case _:
            return Unknown(_reason(model.reason), model.ii_lower_bound)


def _checked(document: Document, model: ScheduleModel, at: tuple[Key, ...]) -> Schedule:
    found = [*_role_errors(document, model, at)]
    if found:
        raise InputError(found)
    return _schedule(model)


def _role_errors(
    document: Document, model: ScheduleModel, at: tuple[Key, ...]
) -> Iterator[Diagnostic]:
    names = [role.name for role in model.roles]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = f"two roles are called '{name}'"
            yield document.error((*at, "roles", index, "name"), message)
    for name, placement in model.ops.items():
        if placement.role is not None and placement.role not in names:
            message = unknown("role", placement.role, names)
            yield document.error((*at, "ops", name, "role"), message)


def _schedule(model: ScheduleModel) -> Schedule:
    return Schedule(
        problem_sha256=model.problem_sha256,
        status=model.status,
        ii=model.ii,
        ii_lower_bound=model.ii_lower_bound,
        stages=model.stages,
        length=model.length,
        objective=tuple(Level(**level.model_dump()) for level in model.objective),
        proof=model.proof,
        roles=tuple(Role(**role.model_dump()) for role in model.roles),
        ops={name: Placement(**op.model_dump()) for name, op in model.ops.items()},
        buffers=tuple(BufferUse(n, **b.model_dump()) for n, b in model.buffers.items()),
        handoffs=tuple(HandoffUse(**use.model_dump()) for use in model.handoffs),
        solver=SolverInfo(**model.solver.model_dump()) if model.solver else None,
    )


def _reason(model: ReasonModel) -> Reason:
    return Reason(model.summary, model.details, model.levers)
