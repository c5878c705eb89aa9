"""From what the user names on the command line to a problem."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError
from twill.knobs import turned

if TYPE_CHECKING:
    from twill.cli.choices import Choices
    from twill.elaborate import Elaboration
    from twill.loop import Loop
    from twill.machine import Machine
    from twill.problem import Problem
    from twill.reports.context import Context
    from twill.schedule import Schedule
    from twill.spec.reader import Document


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


def load_model(source: str, choices: Choices) -> Model:
    """The problem that a spec or problem file and the choices name. Raises InputError."""
    from twill.formats import problem_digest

    document = problem_document(source)
    if document is not None:
        _refuse_spec_options(source, choices)
        from twill.formats import problem_from_document

        problem = turned(problem_from_document(document), choices.knobs)
        return Model(problem, problem_digest(problem), None)
    elaboration = load_elaboration(source, choices)
    problem = turned(elaboration.problem, choices.knobs)
    return Model(problem, problem_digest(problem), elaboration)


def load_elaboration(source: str, choices: Choices) -> Elaboration:
    """The spec elaborated with the machine. Raises InputError, with the faults of both files."""
    from twill.elaborate import elaborate
    from twill.spec.loop import load_loop

    faults: list[Diagnostic] = []
    loop = machine = None
    try:
        loop = load_loop(source)
    except InputError as error:
        faults += error.diagnostics
    try:
        machine = load_machine(choices)
    except InputError as error:
        faults += error.diagnostics
    if faults or loop is None:
        raise InputError(faults)
    return elaborate(loop, machine, choices.parameters, choices.subtile)


def load_machine(choices: Choices) -> Machine | None:
    """The machine with its changes; None where none is named. Raises InputError."""
    from twill.spec.machine import load_machine as load

    if choices.machine is not None:
        return load(choices.machine, choices.changes)
    if choices.changes:
        message = "--what-if changes a machine, none is named"
        raise InputError([Diagnostic(message, help="add --machine, as in --machine h100")])
    return None


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
    if isinstance(data, dict) and schema is None and "schema_version" in data:
        message = "a dependence graph of another program is no problem yet"
        hint = f"twill import {source} -o problem.json, then solve that"
        raise InputError([document.error(("schema_version",), message, hint, key=True)])
    if isinstance(schema, str) and schema.startswith("twill/"):
        return document if schema.startswith("twill/problem/") else None
    return document if path.suffix == ".json" else None


def is_expert(source: str) -> bool:
    """Whether a name or a path is an expert's kernel, by its schema line."""
    from twill.spec.expert import SCHEMA_PREFIX, shipped_experts
    from twill.spec.reader import read_document

    path = Path(source)
    if source in shipped_experts():
        return True
    if not path.is_file() or path.suffix == ".json" or _is_shipped(source):
        return False
    data = read_document(path).data
    return isinstance(data, dict) and str(data.get("schema")).startswith(SCHEMA_PREFIX)


def refuse_unknown(name: str) -> None:
    """A name that is neither a loop nor an expert's kernel nor a path. Raises InputError."""
    from twill.diagnostics import unknown
    from twill.spec.expert import shipped_experts
    from twill.spec.loop import shipped_loops

    path, known = Path(name), (*shipped_loops(), *shipped_experts())
    if name in known or path.suffix or path.exists() or "/" in name:
        return
    help_ = "give the path of a file, or a name that 'twill list' shows"
    raise InputError([Diagnostic(unknown("loop or expert", name, known), help=help_)])


def _is_shipped(source: str) -> bool:
    from twill.spec.loop import shipped_loops

    return source in shipped_loops()


def load_schedule(source: str) -> Schedule:
    """A schedule from its JSON file. Raises InputError."""
    from twill.formats import schedule_from_document
    from twill.spec.reader import read_document

    return schedule_from_document(read_document(Path(source)))


def _refuse_spec_options(source: str, choices: Choices) -> None:
    given = choices.of_a_spec
    if given:
        message = f"{' and '.join(given)} cannot be used with a problem file"
        help_ = f"{source} already holds the elaborated problem; solve the spec instead"
        raise InputError([Diagnostic(message, help=help_)])
