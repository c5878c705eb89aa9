"""Two schedules of one problem, from files or bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twill.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from twill.cli.inputs import Model
    from twill.comparison import Comparison
    from twill.schedule import Schedule


def compare_files(one: str, other: str, problem: str | None) -> Comparison:
    """The comparison of two files. Raises InputError, with what is wrong with either."""
    from twill.cli.inputs import load_schedule
    from twill.solver.compare import compare_schedules

    paths = (_schedule_file(one), _schedule_file(other))
    first, second = (load_schedule(str(path)) for path in paths)
    digests = {each.problem_sha256 for each in (first, second)} - {""}
    if len(digests) > 1:
        told = " and ".join(
            f"{path} of {each.problem_sha256[:12]}"
            for path, each in zip(paths, (first, second), strict=True)
        )
        message = f"the two schedules are of different problems: {told}"
        raise InputError([Diagnostic(message, help="compare schedules of one problem.json")])
    model = _model(paths, problem)
    faults = [
        fault
        for path, each in zip(paths, (first, second), strict=True)
        for fault in _faults(model, path, each)
    ]
    if faults:
        raise InputError(faults)
    return compare_schedules(model.problem, first, second, (one, other))


def _schedule_file(source: str) -> Path:
    path = Path(source)
    return path / "schedule.json" if path.is_dir() else path


def _model(paths: tuple[Path, Path], problem: str | None) -> Model:
    """The problem named, or the one beside the first schedule that has one."""
    from twill.cli.choices import Choices
    from twill.cli.inputs import load_model

    beside = [str(path.parent / "problem.json") for path in paths]
    source = problem or next((each for each in beside if Path(each).is_file()), None)
    if source is None:
        message = f"no problem.json beside {paths[0]} or {paths[1]}"
        raise InputError([Diagnostic(message, help="name it with --problem")])
    return load_model(source, Choices())


def _faults(model: Model, path: Path, schedule: Schedule) -> list[Diagnostic]:
    from twill.cli.verify import judge

    violations = judge(model, schedule)
    if not violations:
        return []
    first = violations[0]
    message = f"{path} is no schedule of this problem: {first.constraint}: {first.message}"
    more = f"twill verify says all {len(violations)}" if len(violations) > 1 else None
    return [Diagnostic(message, help=more)]
