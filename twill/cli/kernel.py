"""The CUDA side of ``twill lower``: a kernel's files, what the compiler says, and fitting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError
from twill.what_if import Change

if TYPE_CHECKING:
    from twill.cli.choices import Choices
    from twill.cli.inputs import Model
    from twill.cli.scheduled import Scheduled
    from twill.elaborate import Elaboration
    from twill.lower import WarpProgram
    from twill.lower.cuda.measure import Measured

OVERHEAD = "roles.registers.overhead"
"""The number of a machine file that registers beyond the results are charged to."""

MOST = 128
"""Registers of overhead beyond which no kernel is looked for."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A schedule's program and the problem that it is of."""

    model: Model
    found: Scheduled
    program: WarpProgram


def kernel_files(lowered: Lowered) -> dict[str, str]:
    """``kernel.cu`` and ``twill.cuh``.

    :raises InputError: where there is no spec to say what operations compute, or it cannot be
        written for this machine.
    """
    from twill.lower.cuda.build import claims
    from twill.lower.cuda.emit import emit

    elaboration = elaboration_of(lowered.model)
    words = claims(lowered.program, elaboration, _proof(lowered.found))
    return emit(lowered.program, elaboration, words)


def elaboration_of(model: Model) -> Elaboration:
    """What a spec became on a machine. Raises InputError for a problem file."""
    if model.elaboration is None:
        message = "a problem file says what operations cost, not what they compute"
        raise InputError([Diagnostic(message, help="give the loop's spec and --machine")])
    return model.elaboration


def _proof(found: Scheduled) -> list[str]:
    """What is known of the II."""
    assert found.schedule is not None
    schedule = found.schedule
    if schedule.status != "optimal":
        return [f"Not proved to be the smallest: at least {schedule.ii_lower_bound}."]
    return [f"No schedule of this model has a smaller one: {schedule.proof}."]


def measured(lowered: Lowered, files: Mapping[str, str]) -> Measured:
    """What the CUDA compiler makes of a kernel.

    :raises InputError: where there is no compiler, or it refuses the kernel.
    """
    from twill.lower.cuda.build import compiled

    with TemporaryDirectory(prefix="twill-") as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        return compiled(Path(folder), lowered.program, elaboration_of(lowered.model))


def fitting(
    lowered: Lowered, choices: Choices, again: Callable[[Choices], Lowered]
) -> tuple[Lowered, Measured]:
    """The kernel with the smallest overhead of registers with which it fits its budgets.

    ``again`` solves and lowers with other choices.
    """
    from twill.lower.cuda.measure import fitted

    roles = lowered.model.problem.roles
    assert roles is not None
    tried: dict[int, Lowered] = {roles.registers.overhead: lowered}

    def attempt(overhead: int) -> Measured:
        if overhead not in tried:
            change = Change(OVERHEAD, Fraction(overhead))
            tried[overhead] = again(replace(choices, changes=(*choices.changes, change)))
        return measured(tried[overhead], kernel_files(tried[overhead]))

    overhead, found = fitted(attempt, roles.registers.overhead, roles.registers.step, MOST)
    return tried[overhead], found
