"""Dependence graphs of other programs as problems, with an account of what became of them.

    imported = load_graph(Path("case3_FA.ddg.json"))
    imported.problem, imported.account

A format is one reader: a document in, a neutral graph (:mod:`twill.importers.graph`) with
notes out. What is common to all formats (addresses, streaming, contraction, the machine) is
done once, after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twill.diagnostics import Diagnostic, InputError, did_you_mean
from twill.importers.account import READINGS, Account, Note, Reading
from twill.importers.curated import SCHEMA as CURATED
from twill.importers.curated import read_curated
from twill.importers.ddg import SCHEMA as DDG
from twill.importers.ddg import read_ddg
from twill.importers.loading import make
from twill.importers.options import Options
from twill.importers.source import Request, Source
from twill.machine import Machine
from twill.problem import Problem
from twill.spec.nodes import Document
from twill.spec.reader import read_document

__all__ = [
    "FORMATS",
    "READINGS",
    "Account",
    "Imported",
    "Note",
    "Options",
    "Reading",
    "import_document",
    "load_graph",
]

FORMATS: Mapping[str, Callable[[Document, Request], Source]] = {
    DDG: read_ddg,
    CURATED: read_curated,
}
"""Reader by the schema that a file names."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A problem made of a foreign graph, and the account of how."""

    problem: Problem
    account: Account


def load_graph(
    path: Path, *, machine: Machine | None = None, options: Options | None = None
) -> Imported:
    """The problem that a file holds.

    :param machine: gives memories, roles, registers and hand-off costs; without one only what
        the file itself limits is limited.
    :raises InputError: with everything that is wrong, each at its place.
    """
    return import_document(read_document(path), machine=machine, options=options)


def import_document(
    document: Document, *, machine: Machine | None = None, options: Options | None = None
) -> Imported:
    """The problem that a document holds; see :func:`load_graph`."""
    chosen = options or Options()
    read = FORMATS[_format(document, chosen.format)]
    problem, account = make(document, read, machine, chosen)
    return Imported(problem, account)


def _format(document: Document, wanted: str | None) -> str:
    """The format of a document: what its schema_version says, and what was asked for."""
    data = document.data
    listed = ", ".join(FORMATS)
    if not isinstance(data, dict):
        raise InputError([document.error((), "expected a mapping at the top of the file")])
    if "schema_version" not in data:
        message = "missing key 'schema_version'"
        raise InputError([document.error((), message, f"formats known here: {listed}")])
    stated = data["schema_version"]
    if not isinstance(stated, str) or stated not in FORMATS:
        raise InputError([_unknown_format(document, stated, listed)])
    if wanted is not None and wanted != stated:
        message = f"the file is {stated}, not {wanted}"
        raise InputError([document.error(("schema_version",), message, "leave --format out")])
    return stated


def _unknown_format(document: Document, stated: object, listed: str) -> Diagnostic:
    shown = f"'{stated[:40]}'" if isinstance(stated, str) else "a value that is no text"
    hint = did_you_mean(stated, FORMATS) if isinstance(stated, str) else None
    message = f"no importer for schema_version {shown}"
    return document.error(("schema_version",), message, hint or f"formats known here: {listed}")
