"""What is asked about a problem to explain its II: with every unit faster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from twill.diagnostics import InputError

if TYPE_CHECKING:
    from twill.cli.choices import Choices
    from twill.cli.inputs import Model
    from twill.problem import Problem
    from twill.solver.explain import Question
    from twill.what_if import Change


def question_of(model: Model, spec: str, choices: Choices, asked: int | None) -> Question:
    """The question about the II below the smallest, or about the one ``asked``."""
    from twill.solver.explain import Question

    held = {unit for op in model.problem.ops for unit in op.reservations}
    units = [unit.name for unit in model.problem.units if unit.name in held]
    return Question(asked, units, _Faster(model, spec, choices))


@dataclass(frozen=True)
class _Faster:
    """The problem with a faster unit: from its machine where that is known."""

    model: Model
    spec: str
    choices: Choices

    def __call__(self, unit: str, speed: Fraction) -> Problem:
        from twill.cli.inputs import load_model
        from twill.solver.explain import faster
        from twill.spec.what_if import rates_of
        from twill.what_if import Change

        machine = self.choices.machine
        if machine is None or not rates_of(machine, unit):
            return faster(self.model.problem, unit, speed)
        changes: tuple[Change, ...] = (Change(f"{unit}.rate", speed, factor=True),)
        more = replace(self.choices, changes=(*self.choices.changes, *changes))
        try:
            return load_model(self.spec, more).problem
        except InputError:  # a rate that must be whole is not, so many times as fast
            return faster(self.model.problem, unit, speed)
