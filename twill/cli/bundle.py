"""The folder of ``-o``: problem, schedule, certificate and report, all or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.schedule import Outcome, Schedule


_OPTIONAL = ("schedule.json", "certificate.json", "report.html", "trace.json")
"""Files that not every answer has."""


class Bundle:
    """A folder to write to, tried out before the search so that no result is lost to it."""

    def __init__(self, folder: Path) -> None:
        """Try to write there. Raises InputError; leaves nothing behind."""
        self.folder = folder
        try:
            _probe(folder)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            message = f"cannot write to the folder {folder}: {reason}"
            help_ = "choose another place with -o"
            raise InputError([Diagnostic(message, help=help_)]) from None

    def write(self, model: Model, outcome: Outcome, interrupted: bool) -> tuple[str, ...]:
        """The names of the files written. Raises InputError."""
        files = _files(model, outcome, interrupted)
        self.put(files)
        return tuple(files)

    def put(self, files: Mapping[str, str | bytes]) -> None:
        """Write these files, all or nothing. Raises InputError."""
        from twill.files import write_bundle

        write_bundle(self.folder, files)
        for old in (*_OPTIONAL, *self._refutations()):
            # One of an earlier run would seem to be of this problem.
            if old not in files:
                (self.folder / old).unlink(missing_ok=True)

    def _refutations(self) -> tuple[str, ...]:
        return tuple(path.name for path in self.folder.glob("refutation-*.json.xz"))


def _probe(folder: Path) -> None:
    """Make and remove a file or folder where the bundle is going to be."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not place.is_dir():
        raise NotADirectoryError(0, f"{place} is not a folder")
    if place == folder:
        tempfile.TemporaryFile(dir=place).close()
    else:
        tempfile.TemporaryDirectory(dir=place).cleanup()


def _files(model: Model, outcome: Outcome, interrupted: bool) -> dict[str, str | bytes]:
    from twill.cli.content import content_of
    from twill.cli.output import json_text
    from twill.cli.writers import written
    from twill.formats import problem_to_json, schedule_to_json
    from twill.reports.terminal import Page, report
    from twill.solver.proof.certificate import certificate_files

    files: dict[str, str | bytes] = {"problem.json": json_text(problem_to_json(model.problem))}
    schedule: Schedule | None = getattr(outcome, "schedule", None)
    if schedule is not None:
        files["schedule.json"] = json_text(schedule_to_json(schedule))
    files |= certificate_files(model.problem, outcome, _sources(model))
    found = content_of(model, outcome, interrupted)
    told = (found.problem, found.outcome, found.bounds, found.context)
    files["report.txt"] = report(Page(), *told)
    files["report.html"] = written(found, "html", Page())
    if schedule is not None:
        files["trace.json"] = written(found, "trace", Page())
    return files


def _sources(model: Model) -> list[dict[str, str | None]]:
    """What the problem was made from, with the hashes of its content."""
    made = model.elaboration
    if made is None:
        return []
    names = {"spec": made.loop.name, "machine": made.machine.name if made.machine else ""}
    return [
        {"what": what, "name": name, "file": None, "sha256": made.hashes[what]}
        for what, name in names.items()
        if name and what in made.hashes
    ]
