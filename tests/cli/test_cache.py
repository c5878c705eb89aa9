from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.reports.hand_made import feasible
from twill.formats import json_schema
from twill.schedule import Outcome, Reason, Unknown
from twill.solver import Stop

if TYPE_CHECKING:
    from tests.cli.conftest import Twill

Entries = Callable[[], list[Path]]


@pytest.fixture
def entries(cache_dir: Path) -> Entries:
    """What is in the cache."""
    return lambda: sorted(cache_dir.rglob("*.answer"))


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time limits of the searches that were begun."""
    import twill.solver

    limits: list[float] = []
    search = twill.solver.solve

    def counted(problem: object, options: object, *others: object) -> Outcome:
        limits.append(options.time_limit)  # type: ignore[attr-defined]
        return search(problem, options, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(twill.solver, "solve", counted)
    return limits


def test_the_same_question_is_searched_once(
    twill: Twill, vliw_json: Path, searches: list[float]
) -> None:
    """The second report is the first one and a line that says where it comes from."""
    first, second = twill("solve", vliw_json), twill("solve", vliw_json)
    assert len(searches) == 1
    assert (first.code, second.code, second.err) == (0, 0, "")
    added = set(second.out.splitlines()) - set(first.out.splitlines())
    assert len(added) == 1
    assert "From the cache: found in " in min(added)
    assert second.out.replace(f"{min(added)}\n", "") == first.out


def test_json_says_that_it_is_cached(twill: Twill, vliw_json: Path) -> None:
    """The document of the first answer with one field more, in the documented form."""
    first, second = (twill("solve", vliw_json, "--json").json for _ in range(2))
    jsonschema.validate(second, json_schema("outcome"))
    assert second.pop("cached")["took_s"] >= 0
    assert second == first


def test_files_are_those_of_the_first_search(twill: Twill, vliw_json: Path, tmp_path: Path) -> None:
    """A bundle holds no trace of the cache."""
    for name in ("first", "second"):
        assert twill("solve", vliw_json, "-o", tmp_path / name).code == 0
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()
    verified = twill("verify", vliw_json, tmp_path / "second" / "schedule.json")
    assert verified.code == 0


def test_a_cached_outcome_can_be_verified(twill: Twill, vliw_json: Path, tmp_path: Path) -> None:
    """``twill verify`` takes the document that says that it is cached."""
    twill("solve", vliw_json)
    path = tmp_path / "outcome.json"
    path.write_text(twill("solve", vliw_json, "--json").out)
    assert twill("verify", vliw_json, path).code == 0


@pytest.mark.parametrize("options", [["--seed", "1"], ["--workers", "1"], ["--max-stages", "2"]])
def test_other_options_are_another_question(
    twill: Twill, vliw_json: Path, searches: list[float], options: list[str]
) -> None:
    """Whatever may change the answer, a narrowed problem too."""
    twill("solve", vliw_json)
    twill("solve", vliw_json, *options)
    assert len(searches) == 2


def test_a_proved_answer_serves_any_time_limit(
    twill: Twill, vliw_json: Path, searches: list[float]
) -> None:
    """More time would not change it."""
    for limit in (300, 1, 1000):
        twill("solve", vliw_json, "--time-limit", limit)
    assert searches == [300]


def test_no_cache_neither_reads_nor_writes(
    twill: Twill, vliw_json: Path, searches: list[float], entries: Entries
) -> None:
    """The search is done, and the cache is left as it is."""
    twill("solve", vliw_json, "--no-cache")
    assert entries() == []
    twill("solve", vliw_json)
    before = entries()[0].read_bytes()
    assert "cache" not in twill("solve", vliw_json, "--no-cache").out
    assert len(searches) == 3
    assert [path.read_bytes() for path in entries()] == [before]


@pytest.mark.parametrize("stopped", [True, False])
def test_only_searches_that_ran_to_their_end_are_kept(
    twill: Twill,
    attention_json: Path,
    monkeypatch: pytest.MonkeyPatch,
    entries: Entries,
    stopped: bool,
) -> None:
    """What is known at an interrupt is shown, not kept; what is known at the limit is."""

    def solve(_problem: object, _options: object, _progress: object, stop: Stop) -> Outcome:
        if stopped:
            stop.request()
        return feasible()

    monkeypatch.setattr("twill.solver.solve", solve)
    assert twill("solve", attention_json).code == 4
    assert len(entries()) == (0 if stopped else 1)


def test_unknown_is_not_kept(
    twill: Twill, attention_json: Path, monkeypatch: pytest.MonkeyPatch, entries: Entries
) -> None:
    """Who asks again wants another try."""
    monkeypatch.setattr("twill.solver.solve", lambda *_: Unknown(Reason("no time"), 7))
    assert twill("solve", attention_json).code == 5
    assert entries() == []


@pytest.mark.parametrize("quiet", [True, False])
def test_a_damaged_entry_is_searched_again(
    twill: Twill, vliw_json: Path, searches: list[float], entries: Entries, quiet: bool
) -> None:
    """With a note, and the entry is written anew."""
    first = twill("solve", vliw_json)
    [path] = entries()
    text = path.read_text()
    path.write_text(text.replace('"ii":3', '"ii":2', 1))
    result = twill("solve", vliw_json, *["-q"][:quiet])
    assert len(searches) == 2
    assert result.out == first.out
    note = "note: the cached answer is not believed, its checksum does not match; searching again\n"
    assert result.err == ("" if quiet else note)
    assert "From the cache" in twill("solve", vliw_json).out


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("place", ["/proc/cache", "file", "file/below"])
def test_a_folder_that_cannot_be_written(
    twill: Twill, vliw_json: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    place: str, quiet: bool,
) -> None:  # fmt: skip
    """The answer does not depend on it."""
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("TWILL_CACHE_DIR", str(tmp_path / place))
    result = twill("solve", vliw_json, *["-q"][:quiet])
    assert result.code == 0
    assert "optimal" in result.out
    assert result.err.startswith("" if quiet else "note: the answer is not cached: ")
    assert bool(result.err) is not quiet


def test_no_home_folder(twill: Twill, vliw_json: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Solving works without; ``twill cache`` says what to do."""
    monkeypatch.setattr("twill.cache.cache_folder", lambda: None)
    result = twill("solve", vliw_json)
    assert result.code == 0
    assert "there is no home folder" in result.err
    assert twill("solve", vliw_json, "-q").err == ""
    shown = twill("cache", "show")
    assert shown.code == 2
    assert "TWILL_CACHE_DIR" in shown.err


def test_cache_show_and_clear(
    twill: Twill, vliw_json: Path, cache_dir: Path, entries: Entries
) -> None:
    """What is there, and nothing of it any more."""
    twill("solve", vliw_json)
    size = entries()[0].stat().st_size
    shown = twill("cache", "show")
    assert shown.out.startswith(f"{cache_dir}\n1 entry, ")
    document = twill("cache", "show", "--json").json
    assert document == {
        "folder": str(cache_dir), "entries": 1, "bytes": size, "limit_bytes": 64 << 20
    }  # fmt: skip
    cleared = twill("cache", "clear", "--json")
    assert cleared.json == {"folder": str(cache_dir), "entries": 1, "bytes": size}
    assert entries() == []
    assert twill("cache", "clear").out.startswith("removed 0 entries")
    assert "From the cache" not in twill("solve", vliw_json).out


def test_cache_without_a_command(twill: Twill) -> None:
    """It lists what there is, as ``twill`` does."""
    result = twill("cache")
    assert result.code == 2
    assert "clear" in result.err
    assert twill("cache", "claer").code == 2


def test_two_processes_ask_the_same_question(vliw_json: Path, entries: Entries) -> None:
    """Both answer, and leave one whole entry."""
    command = [sys.executable, "-m", "twill", "solve", str(vliw_json), "--json"]
    pipe = subprocess.PIPE
    both = [
        subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=dict(os.environ))
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=120) for process in both]
    assert [err for _, err in ended] == ["", ""]
    assert [process.returncode for process in both] == [0, 0]
    assert len(entries()) == 1
    subprocess.run(command, check=True, capture_output=True)
