"""What decides an answer: the problem, the options, and everything that searches."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from twill import __version__
from twill.formats.canonical import sha256

ENGINES = ("ortools", "python-sat", "z3-solver")
"""Distributions whose version may change an answer."""

_NOT_SEARCHING = ("cli", "reports")
"""Packages of twill that only ask questions and show answers."""

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Question:
    """Everything that decides an answer but the time limit, as plain JSON data."""

    data: Mapping[str, object]

    @cached_property
    def key(self) -> str:
        """The SHA-256 that names the question."""
        return sha256(self.data)


def question(problem_digest: str, options: Mapping[str, object]) -> Question:
    """Return the question that a search of a problem with these options answers.

    ``options`` are JSON data by name: each one that may change the answer. The time limit is
    none of them: an entry of the cache says how far it depends on that.

    Ask before the search: its sources may be edited while it runs.

    :raises OSError: where the sources of twill cannot be read.
    """
    data = {
        "problem": problem_digest,
        "options": dict(options),
        "twill": {"version": __version__, "sources": sources_digest(_PACKAGE)},
        "engines": {name: _version(name) for name in ENGINES},
    }
    return Question(json.loads(json.dumps(data)))


def sources_digest(package: Path) -> str:
    """Return the hash of all code of twill that may have a part in an answer.

    Whoever changes the model gets no answer of the model as it was.
    """
    digest = hashlib.sha256()
    for path in sources(package):
        name = path.relative_to(package).as_posix()
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def sources(package: Path) -> Iterator[Path]:
    """Every Python file of the package but those that only ask and show, in a fixed order."""
    for folder, inside, files in os.walk(package, followlinks=True):
        if Path(folder) == package:
            inside[:] = [name for name in inside if name not in _NOT_SEARCHING]
        inside.sort()
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
