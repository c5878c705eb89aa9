"""How notebooks show a thing: a registry of forms by type, which knows none itself.

A type that notebooks are to show derives from :class:`Displayed`. Its forms are registered by
those who draw; they are looked up by name when something is first shown, as a plug-in is, so
that what a schedule is does not depend on how it is drawn.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Form = Callable[[Any], str]

_FORMS: dict[type, tuple[Form, Form]] = {}
_DRAWN_BY = "twill.reports.notebook"


def register(kind: type[T], html: Callable[[T], str], svg: Callable[[T], str]) -> None:
    """Show things of a type so, as HTML and as SVG."""
    _FORMS[kind] = (html, svg)


class Displayed:
    """Something that notebooks show as a table and a picture instead of its ``repr``."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return _shown(self, 0)

    def _repr_svg_(self) -> str | None:
        return _shown(self, 1)


def _shown(thing: object, form: int) -> str | None:
    """The thing in a form; None, which a notebook passes over, where nobody draws it."""
    importlib.import_module(_DRAWN_BY)
    forms = _FORMS.get(type(thing))
    return forms[form](thing) if forms is not None else None
