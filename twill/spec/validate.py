"""Checking a document against a pydantic model, with every error at its place in the file."""

from __future__ import annotations

import json
from typing import Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twill.diagnostics import Diagnostic, InputError, did_you_mean
from twill.spec.explain import Problem, describe, explain, locate_error
from twill.spec.nodes import MAX_DEPTH, Document, too_deep

T = TypeVar("T", bound=BaseModel)
_SHOWN_ERRORS = 50


def validate(document: Document, model: type[T]) -> T:
    """Return the document as an instance of ``model``.

    A model with a ``schema`` key has that line checked first: a file of another kind is one
    error, not a page of them. Numbers without a fraction count as whole (``1e3`` is 1000).

    :raises InputError: with every error of the document, each at its place.
    """
    _check_schema_line(document, model)
    text = json.dumps(_plain(document, document.data, 0))
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise InputError(_diagnostics(document, model, details)) from None


def _check_schema_line(document: Document, model: type[BaseModel]) -> None:
    data = document.data
    if not isinstance(data, dict):
        message = f"expected a mapping ('key: value' lines), found {describe(data)}"
        raise InputError([document.error((), message)])
    expected = _schema_names(model)
    if not expected:
        return
    line = f"start the file with 'schema: {expected[0]}'"
    if document.path.endswith(".json"):
        line = f'add "schema": "{expected[0]}"'
    if "schema" not in data:
        raise InputError([document.error((), "missing key 'schema'", line)])
    found = data["schema"]
    if found not in expected:
        hint = did_you_mean(str(found), expected)
        message = f"expected schema {expected[0]}, found {describe(found)}"
        message = f"{message}; {hint}" if hint and hint.startswith("did") else message
        raise InputError([document.error(("schema",), message, line)])


def _schema_names(model: type[BaseModel]) -> tuple[str, ...]:
    for name, field in model.model_fields.items():
        if (field.alias or name) == "schema" and get_origin(field.annotation) is Literal:
            return get_args(field.annotation)
    return ()


def _plain(document: Document, value: object, depth: int) -> object:
    """Return a copy in which numbers without a fraction are integers."""
    if depth > MAX_DEPTH:
        raise too_deep(document.path, document.text, document.mark(()))
    if isinstance(value, dict):
        return {key: _plain(document, item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(document, item, depth + 1) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _diagnostics(
    document: Document, model: type[BaseModel], details: list[ErrorDetails]
) -> list[Diagnostic]:
    problems = _first_causes([locate_error(document.data, detail) for detail in details])
    found = [explain(document, model, problem) for problem in _without_wrong_branches(problems)]
    unique = list(dict.fromkeys(found))
    unique.sort(key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
    if len(unique) > _SHOWN_ERRORS:
        rest = len(unique) - _SHOWN_ERRORS
        unique = [*unique[:_SHOWN_ERRORS], Diagnostic(f"and {rest} more errors in {document.path}")]
    return unique


def _first_causes(problems: list[Problem]) -> list[Problem]:
    """Drop what follows from another error: lengths of lists whose entries failed.

    Of several entries missing at the end of a list, the last one tells its length.
    """
    last: dict[tuple[str | int, ...], Problem] = {}
    kept: list[Problem] = []
    for problem in problems:
        if problem.kind == "too_short" and isinstance(problem.value, list):
            if len(problem.value) < problem.context["min_length"]:
                kept.append(problem)
        elif problem.kind == "missing" and isinstance(problem.path[-1], int):
            last[problem.path[:-1]] = problem
        else:
            kept.append(problem)
    return [*kept, *last.values()]


def _without_wrong_branches(problems: list[Problem]) -> list[Problem]:
    """Drop, for every choice between shapes, the shapes that the value is plainly not.

    Pydantic reports one error for each member of a union. Where the value has the right kind
    for some members (it is a mapping, say), only their errors help.
    """
    groups: dict[tuple[str | int, ...], list[Problem]] = {}
    for problem in problems:
        if problem.union is not None:
            groups.setdefault(problem.union, []).append(problem)
    dropped: set[int] = set()
    merged: list[Problem] = []
    for point, members in groups.items():
        wrong = [m for m in members if m.path == point and m.wrong_kind]
        if len(wrong) < len(members):
            dropped.update(id(m) for m in wrong)
        elif len(wrong) > 1:
            dropped.update(id(m) for m in wrong)
            merged.append(wrong[0].merged(wrong[1:]))
    return [p for p in problems if id(p) not in dropped] + merged
