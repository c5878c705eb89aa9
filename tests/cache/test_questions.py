from __future__ import annotations

import shutil
from dataclasses import fields, replace
from pathlib import Path

import pytest

import twill
from tests.random_problems import random_problem
from twill.cache import question
from twill.cache.folder import cache_folder
from twill.cache.questions import sources, sources_digest
from twill.cli.answers import open_cache
from twill.cli.inputs import Model
from twill.formats import problem_digest
from twill.solver import SolveOptions

PACKAGE = Path(twill.__file__).resolve().parent


def _key(options: SolveOptions, seed: int = 0) -> str:
    problem = random_problem(seed)
    cache = open_cache(Model(problem, problem_digest(problem), None), options, print)
    assert cache is not None
    return cache.question.key


def _another(value: object) -> object:
    """Another value of an option."""
    if isinstance(value, int | float):
        return value + 1
    return "another" if isinstance(value, str) else ("another",)


@pytest.mark.parametrize("name", [field.name for field in fields(SolveOptions)])
def test_every_option_is_part_of_the_question(name: str) -> None:
    """All but the time limit; an option that comes later is no exception by itself."""
    usual = SolveOptions()
    other = replace(usual, **{name: _another(getattr(usual, name))})  # type: ignore[arg-type]
    assert (_key(usual) == _key(other)) is (name == "time_limit")


def test_the_same_question_has_the_same_key() -> None:
    """And another problem has another one."""
    assert _key(SolveOptions()) == _key(SolveOptions()) != _key(SolveOptions(), seed=1)


@pytest.mark.parametrize("what", ["__version__", "sources_digest", "_version"])
def test_another_twill_or_engine_asks_another_question(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """An answer of another version, other sources or another engine is none of ours."""
    before = question("0" * 64, {}).key
    changed = "0.0.0" if what == "__version__" else lambda _: "another"
    monkeypatch.setattr(f"twill.cache.questions.{what}", changed)
    assert question("0" * 64, {}).key != before


def test_the_sources_are_all_that_searches() -> None:
    """The solver behind its symlink too; not what only asks and shows."""
    names = [path.relative_to(PACKAGE).as_posix() for path in sources(PACKAGE)]
    assert len(names) == len(set(names))
    for name in ("solver/search.py", "solver/cpsat/model.py", "accounting.py", "verify/case.py"):
        assert name in names
    assert not [name for name in names if name.startswith(("cli/", "reports/"))]


def test_who_edits_the_solver_asks_another_question(tmp_path: Path) -> None:
    """One character changed, a file renamed or one more: each gives another digest."""
    package = tmp_path / "twill"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    digests = [sources_digest(package)]
    assert digests == [sources_digest(PACKAGE)]
    model = package / "solver" / "cpsat" / "model.py"
    model.write_text(model.read_text() + "#")
    digests.append(sources_digest(package))
    model.rename(model.with_name("model2.py"))
    digests.append(sources_digest(package))
    (package / "solver" / "new.py").touch()
    digests.append(sources_digest(package))
    assert len(set(digests)) == 4
    (package / "cli" / "solve.py").write_text("")
    assert sources_digest(package) == digests[-1]


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"TWILL_CACHE_DIR": "/x", "XDG_CACHE_HOME": "/y"}, "linux", "/x"),
        ({"TWILL_CACHE_DIR": "", "XDG_CACHE_HOME": "/y"}, "linux", "/y/twill"),
        ({"XDG_CACHE_HOME": "relative"}, "linux", "/home/me/.cache/twill"),
        ({}, "linux", "/home/me/.cache/twill"),
        ({"XDG_CACHE_HOME": "/y"}, "darwin", "/home/me/Library/Caches/twill"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/twill/Cache"),
        ({}, "win32", None),
    ],
)
def test_folder(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], platform: str, folder: str | None
) -> None:
    """The variable, else where the platform keeps what can be computed again."""
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert cache_folder(environment, platform) == (Path(folder) if folder else None)


def test_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home folder has no cache."""

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder({}, "linux") is None
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    assert cache_folder({}, "linux") is None


def test_tests_have_a_cache_of_their_own(cache_dir: Path) -> None:
    """No test reads or writes the developer's."""
    assert cache_folder() == cache_dir
    assert list(cache_dir.iterdir()) == []
