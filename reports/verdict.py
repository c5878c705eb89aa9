"""What a report claims, in words: the II, its proof, its speed, and the model it is about."""

from __future__ import annotations

from collections.abc import Mapping

from twill.problem import Problem, groups
from twill.reports.context import Context
from twill.reports.words import number
from twill.schedule import Feasible, Infeasible, Optimal, Outcome, Schedule
from twill.solver.bounds import EXCLUSION, Bound, Bounds

_PLAINEST = ("resource", "recurrence", "buffer", "role")


def verdict(outcome: Outcome) -> tuple[str, str]:
    """The verdict in a few words, and its status."""
    match outcome:
        case Optimal(schedule):
            return f"II {schedule.ii} cycles, optimal", "optimal"
        case Feasible(schedule):
            return f"II {schedule.ii} cycles, not proved optimal", "feasible"
        case Infeasible():
            return "infeasible: no schedule exists", "infeasible"
    return "unknown: no schedule found", "unknown"


def proof_sentence(outcome: Outcome, bounds: Bounds) -> str:
    """Why nothing faster exists, or how far that is known."""
    match outcome:
        case Optimal(schedule):
            return _optimal(schedule, bounds)
        case Feasible(schedule):
            return _feasible(schedule)
        case Infeasible(reason, proof):
            return f"{_sentence(reason.summary).rstrip('.')} ({proof})."
    return _sentence(outcome.reason.summary)


def _optimal(schedule: Schedule, bounds: Bounds) -> str:
    ii = schedule.ii
    if bounds.binding and bounds.ii == ii:
        why = because(plainest(bounds), ii)
        return f"No schedule of this model is faster: {why} ({schedule.proof})."
    if ii == 1:
        return f"No schedule of this model is faster: an II is at least 1 ({schedule.proof})."
    known = f"; arithmetic alone excludes what is below {bounds.ii}" if bounds.ii else ""
    return (
        f"No schedule of this model is faster: one at II {ii - 1} is refuted "
        f"({schedule.proof}){known}."
    )


def _feasible(schedule: Schedule) -> str:
    low, high = schedule.ii_lower_bound, schedule.ii
    gap = 100 * (high - low) / high
    open_ = f"II {low}" if low == high - 1 else f"II {low} to {high - 1}"
    if low >= high:
        return f"No schedule of this model below II {low} is known to exist, nor is it excluded."
    return f"Nothing below II {low} is possible; {open_} is open (a gap of {gap:.1f} %)."


def plainest(bounds: Bounds) -> Bound:
    """Of several bounds that bind the one that is seen most easily."""
    return min(bounds.binding, key=lambda term: _PLAINEST.index(term.kind))


def because(bound: Bound, ii: int) -> str:
    """A binding bound as a reason: "tensor is busy 2048 of 2048 cycles"."""
    match bound.kind:
        case "resource" if bound.name == EXCLUSION:
            return bound.detail.replace(":", ",", 1)
        case "resource":
            return f"{bound.name} is busy {bound.ii} of {ii} cycles"
        case "recurrence":
            return f"the recurrence {bound.name} takes {bound.detail}"
        case "buffer":
            return f"the ring circuit {bound.name} takes {bound.detail}"
    return bound.detail


def facts(problem: Problem, outcome: Outcome, context: Context) -> list[tuple[str, str]]:
    """The numbers under the verdict: speed, size, and the model that the claim is about."""
    rows: list[tuple[str, str]] = []
    if isinstance(outcome, Optimal | Feasible):
        schedule = outcome.schedule
        rows += _speed(problem, schedule, context)
        span = f"{schedule.stages} stage{'s' if schedule.stages != 1 else ''}"
        rows.append(
            ("schedule", f"{span}, {schedule.length} cycles from first start to last result")
        )
    return rows + _model(problem, context)


def _speed(problem: Problem, schedule: Schedule, context: Context) -> list[tuple[str, str]]:
    rows = []
    tflops = context.tflops(schedule.ii)
    if tflops is not None:
        rate = f"{tflops:.0f} TFLOPS" if tflops >= 100 else f"{tflops:.3g} TFLOPS"
        sms = f"{context.sm_count} SM" + ("s" if context.sm_count != 1 else "")
        rows.append(
            ("speed", f"{rate} in the model's steady state ({sms} at {context.clock_ghz} GHz)")
        )
    if problem.trips > 1:
        cycles = (problem.trips - 1) * schedule.ii + schedule.length
        text = f"{number(cycles)} cycles for {number(problem.trips)} iterations"
        if context.clock_ghz:
            text += f", {cycles / context.clock_ghz / 1000:.4g} µs"
        rows.append(("time", text))
    return rows


def _model(problem: Problem, context: Context) -> list[tuple[str, str]]:
    stages = problem.limits.max_stages
    parts = [
        _named("spec", context.spec, context.spec_digest),
        _named("machine", context.machine, context.machine_digest),
        _named("problem", "", context.problem_digest),
    ]
    limits = f"profile {problem.profile}, schedules of at most {stages} stages"
    named = " · ".join(part for part in parts if part)
    rows = [("model", named), ("tile", context.tile), ("limits", limits)]
    rows += [("required", text) for text in requirements(problem)]
    return [(name, text) for name, text in rows if text]


def requirements(problem: Problem) -> list[str]:
    """What is demanded of a schedule beyond the machine's limits, a line each."""
    wanted = problem.requirements
    lines = [f"one role for {', '.join(names)}" for names in groups(wanted.roles) if names[1:]]
    if len(groups(wanted.roles)) > 1:
        lines.append(f"{' | '.join(dict.fromkeys(wanted.roles.values()))} on roles of their own")
    if wanted.no_handoff:
        lines.append("no value in registers is read on another role")
    return [*lines, *(f"another partition than {_partition(p)}" for p in wanted.other_than)]


def _partition(labels: Mapping[str, str]) -> str:
    return " | ".join(" ".join(names) for names in groups(labels))


def _named(kind: str, name: str | None, digest: str) -> str:
    if name is None or not (name or digest):
        return ""
    return " ".join(part for part in (kind, name, digest[:8]) if part)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
