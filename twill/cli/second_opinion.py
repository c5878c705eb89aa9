"""``solve --cross-check``: what is left behind where two engines disagree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twill.solver.disagreement import EnginesDisagree


@contextmanager
def leaving_disagreement() -> Iterator[None]:
    """Write what both engines were asked, and what one answered, before EnginesDisagree goes on."""
    from twill.solver.disagreement import EnginesDisagree

    try:
        yield
    except EnginesDisagree as error:
        error.args = (f"{error}; both are in {_dump(error)}, see 'twill verify'",)
        raise


def _dump(error: EnginesDisagree) -> Path:
    """A folder of the current one, named after the problem's digest: problem and schedule."""
    from twill.cli.output import json_text
    from twill.files import write_bundle
    from twill.formats import problem_to_json, schedule_to_json

    folder = Path(f"twill-disagreement-{error.schedule.problem_sha256[:12]}")
    files = {
        "problem.json": json_text(problem_to_json(error.problem)),
        "schedule.json": json_text(schedule_to_json(error.schedule)),
    }
    write_bundle(folder, files)
    return folder
