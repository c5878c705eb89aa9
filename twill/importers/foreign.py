"""Reading files of other programs: strict about what is known, open about what is not.

An unknown key is never dropped silently. Where everything constrains the schedule (a node, an
edge) it is an error, since it may change the meaning; in descriptions it is only noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from twill.diagnostics import Diagnostic, unknown
from twill.importers.graph import Place
from twill.spec.nodes import Document
from twill.spec.validate import validate

T = TypeVar("T", bound=BaseModel)


class Foreign(BaseModel):
    """A mapping of a foreign file; ``harmless``: an unknown key cannot change the meaning."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", allow_inf_nan=False)

    harmless: ClassVar[bool] = False


def read_model(
    document: Document, model: type[T], allow_unknown: bool
) -> tuple[T, list[Diagnostic], list[Diagnostic]]:
    """The document as a model, with unknown keys as errors and as harmless ones.

    :raises InputError: with every value that the model does not allow.
    """
    data = validate(document, model)
    errors: list[Diagnostic] = []
    harmless: list[Diagnostic] = []
    for path, name, home in _unknown_keys(data, ()):
        known = [f.alias or key for key, f in home.model_fields.items()]
        message = unknown("key", name, known)
        if home.harmless or allow_unknown:
            harmless.append(document.error((*path, name), message, key=True))
        else:
            hint = "it may change what the graph means; --allow-unknown leaves it out"
            errors.append(document.error((*path, name), message, hint, key=True))
    return data, errors, harmless


def _unknown_keys(value: object, path: Place) -> Iterator[tuple[Place, str, type[Foreign]]]:
    if isinstance(value, Foreign):
        for name in value.model_extra or {}:
            yield path, name, type(value)
        for name, known in type(value).model_fields.items():
            yield from _unknown_keys(getattr(value, name), (*path, known.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unknown_keys(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _unknown_keys(item, (*path, index))


def chosen_loop(
    document: Document, loops: Iterable[Any], wanted: int | None
) -> tuple[int, list[Diagnostic]]:
    """The index of the loop to import, and what is wrong with the choice."""
    ids = [loop.loop_id for loop in loops]
    errors = [
        document.error(("loops", index, "loop_id"), f"two loops have the number {number}")
        for index, number in enumerate(ids)
        if number in ids[:index]
    ]
    listed = ", ".join(map(str, ids))
    if wanted is None and len(ids) > 1:
        message = f"the file has {len(ids)} loops and one is imported at a time"
        errors.append(document.error(("loops",), message, f"choose with --loop: {listed}"))
    if wanted is not None and wanted not in ids:
        errors.append(document.error(("loops",), f"there is no loop {wanted}", f"there: {listed}"))
    return (ids.index(wanted) if wanted in ids else 0), errors
