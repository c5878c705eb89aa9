"""Pydantic's errors in a reader's words."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from twill.diagnostics import Diagnostic, did_you_mean, unknown
from twill.spec.nodes import Document, Key

Path = tuple[Key, ...]

_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "none_required": "nothing",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
    "multiple_of": ("a multiple of", "multiple_of"),
}
_SWITCH_WORDS = ("on", "off", "yes", "no")


@dataclass(frozen=True, slots=True)
class Problem:
    """One pydantic error, at its place in the data.

    ``union`` is the place of the innermost choice between shapes that the error lies in.
    """

    kind: str
    path: Path
    value: object
    context: Mapping[str, Any]
    message: str
    union: Path | None = None
    others: tuple[str, ...] = field(default=())

    @property
    def wrong_kind(self) -> bool:
        """Whether the value is of another kind altogether than this shape asks for."""
        return self.kind in _KINDS or self.kind == "literal_error"

    def merged(self, rest: list[Problem]) -> Problem:
        """Return one problem that stands for a value of none of the kinds allowed."""
        wanted = dict.fromkeys(_wanted(problem) for problem in rest)
        return replace(self, others=tuple(wanted), union=None)


def locate_error(data: object, detail: ErrorDetails) -> Problem:
    """Return the error with its path in the data, free of pydantic's own path parts."""
    path: list[Key] = []
    union: Path | None = None
    location = detail["loc"]
    node = data
    missing = detail["type"] == "missing"
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if isinstance(node, dict) and (part in node or (last and missing)):
            node = node.get(part)
            path.append(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
            path.append(part)
        elif isinstance(node, list) and last and missing:
            path.append(part)
            node = len(node)
        elif part != "[key]":
            union = tuple(path)
    kind = "key:" + detail["type"] if location[-1:] == ("[key]",) else detail["type"]
    context = detail.get("ctx", {})
    return Problem(kind, tuple(path), node, context, detail["msg"], union)


def explain(document: Document, model: type[BaseModel], problem: Problem) -> Diagnostic:
    """Return the problem as a diagnostic that points at the key or value it is about."""
    path, kind = problem.path, problem.kind
    if kind == "missing" and isinstance(path[-1], int):
        length = path[-1] + 1
        return document.error(path[:-1], f"must have {length} entries, found {problem.value}")
    if kind == "missing":
        return document.error(path[:-1], f"missing key '{path[-1]}'", key=True)
    if kind == "extra_forbidden":
        return _unknown_key(document, model, problem)
    if kind == "union_tag_not_found":
        tag = _unquoted(problem.context["discriminator"])
        return document.error(path, f"missing key '{tag}'", key=True)
    if kind == "union_tag_invalid":
        return _unknown_tag(document, problem)
    if kind.startswith("key:"):
        return document.error(path, f"the key '{path[-1]}': {problem.message}", key=True)
    help = None
    if kind == "bool_type" and problem.value in _SWITCH_WORDS:
        help = "write true or false"
    return document.error(path, _message(problem), help)


def describe(value: object) -> str:
    """Return a value as an error names it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"'{value[:40]}…'" if len(value) > 41 else f"'{value}'"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return f"about {value:.1e}" if abs(value) < 10**300 else "an enormous number"
    return json.dumps(value)


def _message(problem: Problem) -> str:
    kind, found = problem.kind, describe(problem.value)
    if problem.others or kind in _KINDS:
        wanted = dict.fromkeys((_wanted(problem), *problem.others))
        return f"must be {' or '.join(wanted)}, found {found}"
    if kind in _BOUNDS:
        word, key = _BOUNDS[kind]
        return f"must be {word} {_number(problem.context[key])}, found {found}"
    if kind == "finite_number":
        return f"must be a finite number, found {found}"
    if kind == "literal_error":
        return _choice(problem.value, _expected(problem.context["expected"]))
    if kind in ("too_short", "too_long"):
        return _size(problem)
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "value_error":
        return str(problem.context["error"])
    if kind.startswith("twill_"):
        return problem.message
    return f"{problem.message[:1].lower()}{problem.message[1:]}, found {found}"


def _wanted(problem: Problem) -> str:
    if problem.kind == "literal_error":
        return " or ".join(f"'{choice}'" for choice in _expected(problem.context["expected"]))
    return _KINDS.get(problem.kind, problem.message)


def _choice(value: object, choices: list[str]) -> str:
    listed = ", ".join(choices)
    if not isinstance(value, str):
        return f"must be one of {listed}, found {describe(value)}"
    hint = did_you_mean(value, choices)
    return f"unknown value '{value}'; {hint or f'known here: {listed}'}"


def _size(problem: Problem) -> str:
    short = problem.kind == "too_short"
    wanted = problem.context["min_length" if short else "max_length"]
    word = "at least" if short else "at most"
    entries = "entry" if wanted == 1 else "entries"
    return f"must have {word} {wanted} {entries}, found {problem.context['actual_length']}"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _expected(text: str) -> list[str]:
    """Return the choices out of pydantic's "'a', 'b' or 'c'"."""
    parts = text.replace(" or ", ", ").split(", ")
    return [_unquoted(part) for part in parts]


def _unquoted(text: str) -> str:
    return text.strip("'\"")


def _unknown_tag(document: Document, problem: Problem) -> Diagnostic:
    tag = _unquoted(problem.context["discriminator"])
    choices = _expected(problem.context["expected_tags"])
    message = unknown(tag, str(problem.context["tag"]), choices)
    help = None if ";" in message else f"known here: {', '.join(choices)}"
    return document.error((*problem.path, tag), message, help)


def _unknown_key(document: Document, model: type[BaseModel], problem: Problem) -> Diagnostic:
    *parents, name = problem.path
    models = _models_at(model, tuple(parents), document.data)
    known = [f.alias or key for m in models for key, f in m.model_fields.items()]
    message = unknown("key", str(name), known)
    help = None if ";" in message else f"known here: {', '.join(dict.fromkeys(known))}"
    return document.error(problem.path, message, help, key=True)


def _models_at(model: type[BaseModel], path: Path, data: object) -> list[type[BaseModel]]:
    """Return the models that may describe the mapping at ``path``."""
    choices: list[Any] = [model]
    for part in path:
        choices = [c for choice in choices for c in _step(choice, part)]
        data = data[part]  # type: ignore[index]
        choices = _fitting(choices, data)
    return [c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)]


def _step(choice: Any, part: Key) -> list[Any]:
    """Return the types of what stands under ``part`` in a value of type ``choice``."""
    if isinstance(choice, type) and issubclass(choice, BaseModel):
        fields = choice.model_fields.items()
        return [c for name, f in fields if part in (name, f.alias) for c in _members(f.annotation)]
    arguments = get_args(choice)
    if not arguments:
        return []
    if isinstance(part, str):
        return _members(arguments[-1])
    if get_origin(choice) is tuple and arguments[-1] is not Ellipsis:
        return _members(arguments[part]) if part < len(arguments) else []
    return _members(arguments[0])


def _members(annotation: Any) -> list[Any]:
    """Return the members of a union, with aliases and annotations taken off."""
    if hasattr(annotation, "__value__"):  # an alias made by 'type X = ...'
        return _members(annotation.__value__)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [m for argument in get_args(annotation) for m in _members(argument)]
    return [annotation]


def _fitting(choices: list[Any], data: object) -> list[Any]:
    """Return the models whose fixed fields (``kind: load``) agree with the data, if any do."""
    if not isinstance(data, dict):
        return choices
    fitting = [c for c in choices if _agrees(c, data)]
    return fitting or choices


def _agrees(choice: Any, data: dict[str, object]) -> bool:
    if not (isinstance(choice, type) and issubclass(choice, BaseModel)):
        return True
    return all(
        data[f.alias or name] in get_args(f.annotation)
        for name, f in choice.model_fields.items()
        if get_origin(f.annotation) is Literal and isinstance(data.get(f.alias or name), str)
    )
