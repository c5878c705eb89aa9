"""Experts' kernels with the problems that they are compared on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twill.cli.choices import Choices
from twill.diagnostics import Diagnostic, InputError
from twill.what_if import parse_change

if TYPE_CHECKING:
    from twill.cli.compare import Shown
    from twill.cli.inputs import Model
    from twill.comparison import Comparison
    from twill.expert import Expert, Pairing
    from twill.problem import Problem
    from twill.schedule import Outcome, Schedule
    from twill.solver.compare import Control
    from twill.solver.compare.asked import Solve
    from twill.solver.options import OnProgress, SolveOptions, Stop


OUR_SHARE = 2
"""Ours gets this part of the time, so that there is some left for theirs."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kernel, and how the spec is elaborated that it is compared on."""

    expert: Expert
    spec: str
    choices: Choices
    why: str = ""


def cases_of_all(spec: str | None, choices: Choices) -> tuple[list[Case], list[Expert]]:
    """Every pairing of every shipped kernel that fits what is named; kernels without a pairing."""
    from twill.spec.expert import load_expert, shipped_experts

    _check(spec, choices)
    kernels = [load_expert(name) for name in shipped_experts()]
    cases = [case for each in kernels for case in _fitting(each, spec, choices)]
    if not cases:
        where = " on ".join(filter(None, (spec, choices.machine)))
        message = f"no shipped kernel is paired with {where or 'anything'}"
        raise InputError([Diagnostic(message, help="'twill list' says what each is paired with")])
    missing = [each for each in kernels if not each.pairings] if spec is None else []
    return cases, missing


def cases_of_names(spec: str | None, choices: Choices, names: Sequence[str]) -> list[Case]:
    """The pairings of these kernels that fit. Raises InputError with everything that is wrong."""
    from twill.spec.expert import load_expert

    faults = _faults(spec, choices)
    cases: list[Case] = []
    for name in dict.fromkeys(names):
        try:
            expert = load_expert(name)
        except InputError as error:
            faults += error.diagnostics
            continue
        found = list(_fitting(expert, spec, choices)) or list(_forced(spec, choices, expert))
        if not found and not faults:
            faults.append(_unpaired(expert, spec, choices))
        cases += found
    if faults:
        raise InputError(faults)
    return cases


def _check(spec: str | None, choices: Choices) -> None:
    if faults := _faults(spec, choices):
        raise InputError(faults)


def _faults(spec: str | None, choices: Choices) -> list[Diagnostic]:
    """What is wrong with the spec and the machine that are named."""
    from twill.cli.inputs import load_machine, load_spec, problem_document

    faults: list[Diagnostic] = []
    try:
        load_machine(choices)
    except InputError as error:
        faults += error.diagnostics
    try:
        if spec is not None and problem_document(spec) is None:
            load_spec(spec)
    except InputError as error:
        faults += error.diagnostics
    return faults


def _fitting(expert: Expert, spec: str | None, choices: Choices) -> Iterator[Case]:
    """The kernel's pairings with this spec and machine, cut as it or as the user wants it."""
    if _cut(choices):
        if any(_fits(each, spec, choices) for each in expert.pairings) and spec is not None:
            yield Case(expert, spec, choices)
        return
    for each in expert.pairings:
        if _fits(each, spec, choices):
            changes = tuple(c for text in each.what_if if (c := parse_change(text)) is not None)
            cut = Choices(each.machine, each.parameters, each.subtile, changes)
            yield Case(expert, each.spec, cut, each.why)


def _cut(choices: Choices) -> bool:
    """Whether the user says how the spec is elaborated."""
    return bool(choices.parameters or choices.subtile or choices.changes)


def _fits(pairing: Pairing, spec: str | None, choices: Choices) -> bool:
    return spec in (None, pairing.spec) and choices.machine in (None, pairing.machine)


def _forced(spec: str | None, choices: Choices, expert: Expert) -> Iterator[Case]:
    """A spec or machine of the user's own is tried as it is: no pairing can name it."""
    own = [name for name in (spec, choices.machine) if name is not None and Path(name).is_file()]
    if spec is not None and own:
        yield Case(expert, spec, choices)


def _unpaired(expert: Expert, spec: str | None, choices: Choices) -> Diagnostic:
    if not expert.pairings:
        message = f"{expert.name} is paired with no loop: {' '.join(expert.missing)}"
        return Diagnostic(message, help=f"'twill show {expert.name}' shows the kernel")
    if spec is None and _cut(choices):
        message = f"{expert.name}: --set, --subtile and --what-if need the SPEC to be named"
        return Diagnostic(message, help=f"add {expert.pairings[0].spec}")
    where = " on ".join(filter(None, (spec, choices.machine)))
    known = dict.fromkeys(f"{each.spec} on {each.machine}" for each in expert.pairings)
    message = f"{expert.name} is not paired with {where}"
    return Diagnostic(message, help=f"it is with {', '.join(known)}")


def compared(case: Case, shown: Shown) -> tuple[Comparison, bool]:
    """The comparison, and whether the user cut it short."""
    from twill.cli.answers import answer, open_cache
    from twill.cli.inputs import load_model
    from twill.cli.searching import searching
    from twill.cli.solve import Effort, search
    from twill.solver.compare import Asked, compare_with_expert
    from twill.solver.options import SolveOptions

    model = load_model(case.spec, case.choices)
    options = SolveOptions(shown.time_limit)
    effort = Effort(
        shown.time_limit / OUR_SHARE, options.seed, options.workers, shown.quiet, shown.no_color
    )
    cache = None if shown.no_cache else open_cache(model, effort.options, effort.note)
    asked_from = Asked(options, controls=tuple(_controls(case)))
    best = answer(cache, lambda: search(model, effort))

    def work(on_progress: OnProgress | None, stop: Stop) -> Comparison:
        run = _solving(shown.no_cache, on_progress, stop)
        asked = replace(asked_from, run=run)
        if best.interrupted:
            asked = replace(asked, options=replace(options, time_limit=0.0), deep=False)
        return compare_with_expert(
            model.problem, best.outcome, case.expert, asked, _pairing(model, case)
        )

    comparison, interrupted = searching(work, shown.quiet, shown.no_color)
    return comparison, interrupted or best.interrupted


def _solving(no_cache: bool, on_progress: OnProgress | None, stop: Stop) -> Solve:
    """Solving with progress, a way to stop, and the cache."""
    from twill.cli.answers import answer, open_cache
    from twill.cli.inputs import Model
    from twill.formats.canonical import problem_digest
    from twill.solver import solve

    def run(problem: Problem, options: SolveOptions, known: Schedule | None) -> Outcome:
        model = Model(problem, problem_digest(problem), None)
        cache = None if no_cache else open_cache(model, options, lambda _: None)
        found = answer(
            cache, lambda: (solve(problem, options, on_progress, stop, known), stop.requested)
        )
        return found.outcome

    return run


def _controls(case: Case) -> Iterator[Control]:
    """The loop without sub-tiles, where it has some."""
    from twill.cli.inputs import load_model
    from twill.solver.compare import Control

    made = load_model(case.spec, case.choices).elaboration
    cut = {name: 1 for name, count in made.subtile.items() if count > 1} if made else {}
    if cut:
        choices = replace(case.choices, subtile={**case.choices.subtile, **cut})
        try:
            yield Control("no sub-tiles", load_model(case.spec, choices).problem)
        except InputError:
            return  # a tile that cannot be elaborated whole is no control


def _pairing(model: Model, case: Case) -> str:
    """``flash_attention_forward on h100, M = 128, N = 128, M in 2``."""
    from twill.cli.context import context_of

    context = context_of(model, interrupted=False)
    where = f"{context.spec} on {context.machine}" if context.machine else str(context.spec)
    told = f"{where}, {context.tile}" if context.tile else where
    return f"{told}: {case.why}" if case.why else told
