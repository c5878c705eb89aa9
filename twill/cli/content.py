"""What a report is about, gathered: the outcome, where its numbers come from, what was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twill.cli.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twill.cli.experts import Case
    from twill.cli.inputs import Model
    from twill.comparison import Comparison
    from twill.explanation import Explanation
    from twill.lower.events import Timing
    from twill.reports.content import Assumption, Content
    from twill.schedule import Outcome, Schedule


def content_of(
    model: Model,
    outcome: Outcome,
    interrupted: bool = False,
    explanation: Explanation | None = None,
    comparisons: Sequence[Comparison] = (),
) -> Content:
    """Everything that a report of an outcome says."""
    from twill.reports.content import Content
    from twill.solver.bounds import bounds

    made = model.elaboration
    schedule: Schedule | None = getattr(outcome, "schedule", None)
    return Content(
        problem=model.problem,
        outcome=outcome,
        bounds=bounds(model.problem),
        context=model.context(interrupted),
        explanation=explanation,
        comparisons=tuple(comparisons),
        assumptions=_assumptions(model),
        timing=None if schedule is None else _timing(model, schedule),
        loop=None if made is None else made.loop,
        costs={} if made is None else made.costs,
    )


def _timing(model: Model, schedule: Schedule) -> Timing | None:
    """What the event graph of the lowered program says; None where there is no such program."""
    from twill.cli.scheduled import program_for
    from twill.lower.events import timing
    from twill.lower.lowering import usage_of

    if not schedule.roles:
        return None
    program, costs = program_for(model, schedule)
    return timing(usage_of(model.problem, schedule), program, costs)


def _assumptions(model: Model) -> tuple[Assumption, ...]:
    """The numbers of the machine that this problem was made of, in the order of its file."""
    from twill.reports.content import Assumption
    from twill.reports.terminal.machine import measure

    made = model.elaboration
    if made is None:
        return ()
    used = {
        source.name for lines in made.costs.values() for line in lines for source in line.sources
    }
    return tuple(
        Assumption(q.name, measure(q), q.source, q.confidence, q.note, q.citation)
        for q in made.machine.quantities
        if q.name in used or _limits(q.name)
    )


def _limits(name: str) -> bool:
    """Whether a number of a machine file is used by every problem: not one of a cost model."""
    return not name.startswith(("costs.", "peak_tflops."))


def cases_for(spec: str, choices: Choices) -> list[Case]:
    """The shipped kernels that are paired with this spec and machine; none where there is none."""
    from twill.cli.experts import cases_of_all
    from twill.diagnostics import InputError

    try:
        return cases_of_all(spec, replace(choices, knobs=Choices().knobs))[0]
    except InputError:  # spec and machine have been read by now: nothing else can be wrong
        return []
