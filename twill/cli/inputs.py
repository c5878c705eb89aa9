"""From what the user names on the command line to a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError
from twill.knobs import Knobs, turned

if TYPE_CHECKING:
    from twill.elaborate import Elaboration
    from twill.loop import Loop
    from twill.problem import Problem
    from twill.reports.terminal.context import Context
    from twill.schedule import Schedule
    from twill.spec.reader import Document


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A spec or problem, how to elaborate it, and what is set on top."""

    source: str
    machine: str | None
    parameters: Mapping[str, int]
    subtile: Mapping[str, int]
    knobs: Knobs = field(default_factory=Knobs)


@dataclass(frozen=True, slots=True)
class Model:
    """A problem, with its elaboration where it came from a spec."""

    problem: Problem
    digest: str
    elaboration: Elaboration | None

    def context(self, interrupted: bool = False) -> Context:
        """What the report says about where the problem came from."""
        from twill.cli.context import context_of

        return context_of(self, interrupted)


def load_model(request: ModelRequest) -> Model:
    """The problem that a request names. Raises InputError."""
    from twill.formats import problem_digest

    document = problem_document(request.source)
    if document is not None:
        _refuse_model_options(request)
        from twill.formats import problem_from_document

        problem = turned(problem_from_document(document), request.knobs)
        return Model(problem, problem_digest(problem), None)
    elaboration = load_elaboration(request)
    problem = turned(elaboration.problem, request.knobs)
    return Model(problem, problem_digest(problem), elaboration)


def load_elaboration(request: ModelRequest) -> Elaboration:
    """The spec elaborated with the machine. Raises InputError, with the faults of both files."""
    from twill.elaborate import elaborate
    from twill.spec.loop import load_loop
    from twill.spec.machine import load_machine

    faults: list[Diagnostic] = []
    loop = machine = None
    try:
        loop = load_loop(request.source)
    except InputError as error:
        faults += error.diagnostics
    try:
        machine = load_machine(request.machine) if request.machine is not None else None
    except InputError as error:
        faults += error.diagnostics
    if faults or loop is None:
        raise InputError(faults)
    return elaborate(loop, machine, request.parameters, request.subtile)


def load_spec(source: str) -> Loop:
    """A loop by name or path. Raises InputError."""
    from twill.spec.loop import load_loop

    return load_loop(source)


def problem_document(source: str) -> Document | None:
    """The document at a path if it claims to be a problem; None leaves it to the loop reader."""
    from twill.spec.reader import read_document

    path = Path(source)
    if path.suffix != ".json" and (not path.is_file() or _is_shipped(source)):
        return None
    document = read_document(path)
    data = document.data
    schema = data.get("schema") if isinstance(data, dict) else None
    if isinstance(schema, str) and schema.startswith("twill/"):
        return document if schema.startswith("twill/problem/") else None
    return document if path.suffix == ".json" else None


def _is_shipped(source: str) -> bool:
    from twill.spec.loop import shipped_loops

    return source in shipped_loops()


def load_schedule(source: str) -> Schedule:
    """A schedule from its JSON file. Raises InputError."""
    from twill.formats import schedule_from_document
    from twill.spec.reader import read_document

    return schedule_from_document(read_document(Path(source)))


def _refuse_model_options(request: ModelRequest) -> None:
    given = [
        option
        for option, value in (
            ("--machine", request.machine),
            ("--set", request.parameters),
            ("--subtile", request.subtile),
        )
        if value
    ]
    if given:
        message = f"{' and '.join(given)} cannot be used with a problem file"
        help_ = f"{request.source} already holds the elaborated problem; solve the spec instead"
        raise InputError([Diagnostic(message, help=help_)])
