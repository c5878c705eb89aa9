"""The folder of ``-o``: problem.json, schedule.json and report.txt, all or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.schedule import Outcome, Schedule


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

    def put(self, files: Mapping[str, str]) -> None:
        """Write these files, all or nothing. Raises InputError."""
        from twill.files import write_bundle

        write_bundle(self.folder, files)
        if "schedule.json" not in files:
            # One of an earlier run would seem to be the schedule of this problem.
            (self.folder / "schedule.json").unlink(missing_ok=True)


def _probe(folder: Path) -> None:
    """Make and remove a file or folder where the bundle is going to be."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not place.is_dir():
        raise NotADirectoryError(0, f"{place} is not a folder")
    if place == folder:
        tempfile.TemporaryFile(dir=place).close()
    else:
        tempfile.TemporaryDirectory(dir=place).cleanup()


def _files(model: Model, outcome: Outcome, interrupted: bool) -> dict[str, str]:
    from twill.cli.output import json_text
    from twill.formats import problem_to_json, schedule_to_json
    from twill.reports.terminal import Page, report
    from twill.solver.bounds import bounds

    files = {"problem.json": json_text(problem_to_json(model.problem))}
    schedule: Schedule | None = getattr(outcome, "schedule", None)
    if schedule is not None:
        files["schedule.json"] = json_text(schedule_to_json(schedule))
    context = model.context(interrupted)
    files["report.txt"] = report(Page(), model.problem, outcome, bounds(model.problem), context)
    return files
